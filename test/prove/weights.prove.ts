import { describe, expect, it } from 'vitest';
import { survivesMutations } from '../harness/weights/survives-mutations.ts';

describe('damaged weights files end in weights or in one sentence', () => {
  it.each([
    ['zip', 3_000],
    ['legacy', 3_000],
    ['onnx', 1_500],
  ] as const)('%s, %i mutations', async (format, count) => {
    const result = await survivesMutations(format, count, 1_000);
    console.info(
      `${format}: ${count} mutations, ${result.refused} refused for ${result.reasons} reasons, ${result.read} read`,
    );
    expect(result.refused).toBeGreaterThan(count / 4);
  });
});
