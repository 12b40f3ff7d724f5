import { describe, expect, it } from 'vitest';
import { survivesMutations } from './survives-mutations.ts';

describe('damaged files end in weights or in one sentence', () => {
  it.each([
    ['zip', 160],
    ['legacy', 160],
    ['onnx', 60],
  ] as const)('%s, %i mutations', async (format, count) => {
    const { refused, reasons } = await survivesMutations(format, count, 20);
    expect(refused).toBeGreaterThan(count / 4);
    expect(reasons).toBeGreaterThan(3);
  });
});
