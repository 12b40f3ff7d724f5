import { describe, expect, it } from 'vitest';
import { survivesMutations } from '../harness/weights/survives-mutations.ts';

describe('damaged weights files end in weights or in one sentence', () => {
  it.each([
    ['zip', 4_000],
    ['legacy', 4_000],
    ['onnx', 2_000],
  ] as const)('%s, %i mutations', async (format, count) => {
    const result = await survivesMutations(format, count, 1_000);
    console.info(
      `${format}: ${count} mutations, ${result.refused} refused for ${result.reasons} reasons, ${result.read} read`,
    );
    expect(result.refused).toBeGreaterThan(count / 4);
  });
});
