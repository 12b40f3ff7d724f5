import { describe, expect, test } from 'vitest';
import { offlineOutput } from '../../../harness/backends/emulated-mlu.ts';
import { readOfflineOutput } from '../../../harness/backends/offline-output.ts';
import { BackendError } from '../../../harness/errors.ts';
import { anchorGrid } from '../../../reference/decode/index.ts';
import { roundToVendorHalf } from '../../../reference/quantize/index.ts';
import { createRandom } from '../../../reference/random.ts';
import { float32Tensor, type Tensor } from '../../../reference/tensor.ts';

const GRID = anchorGrid({ height: 32, width: 64 });
const CHANNELS = 7;

function decodedOutput(batch: number): Tensor {
  const random = createRandom(3);
  const data = Float32Array.from({ length: batch * GRID.anchors * CHANNELS }, () => random.gaussian() * 100);
  return float32Tensor(data, [batch, GRID.anchors, CHANNELS], 'NAC');
}

describe('readOfflineOutput', () => {
  test('brings an output back bit for bit that went channel by channel through memory, float32 and float16', () => {
    const decoded = decodedOutput(2);
    const float = offlineOutput(decoded, { activations: 'float32', functions: 'exact' });
    expect([float.dtype, float.shape]).toEqual(['float32', [2, CHANNELS, 1, GRID.anchors]]);
    // The first channel of the first image comes first: one value of every anchor.
    expect(float.data.slice(0, 3)).toEqual(
      Float32Array.of(...[0, 1, 2].map((i) => decoded.data[i * CHANNELS]!)),
    );
    expect(readOfflineOutput(float, 2, GRID)).toEqual(decoded);

    const half = offlineOutput(decoded, { activations: 'float16', functions: 'exact' });
    expect([half.dtype, half.shape]).toEqual(['float16', float.shape]);
    expect(readOfflineOutput(half, 2, GRID)).toEqual({
      ...decoded,
      data: decoded.data.map(roundToVendorHalf),
    });
  });

  test('reads the bits of a card: infinity as 65504, subnormals as they are', () => {
    const data = new Uint16Array(CHANNELS * GRID.anchors);
    data.set([0x7c00, 0xfc00, 0x0001, 0x3c00]);
    const read = readOfflineOutput(
      { dtype: 'float16', shape: [1, CHANNELS, 1, GRID.anchors], data },
      1,
      GRID,
    );
    const first = [0, 1, 2, 3].map((anchor) => read.data[anchor * CHANNELS]);
    expect(first).toEqual([65504, -65504, 2 ** -24, 1]);
  });

  const output = (shape: number[], length = shape.reduce((a, b) => a * b)) => ({
    dtype: 'float32' as const,
    shape,
    data: new Float32Array(length),
  });
  const { anchors } = GRID;
  test.each<[string, Tensor, RegExp]>([
    ['three axes', output([1, anchors, 7]), /shape 1 42 7: it must be "batch, .*1 85 1 42.*; export/],
    ['channels last', output([1, 1, anchors, 7]), /shape 1 1 42 7: it must be/],
    ['boxes alone', output([1, 5, 1, anchors]), /shape 1 5 1 42: it must be/],
    ['a detection plugin', output([1, 1, 1, 7064]), /shape 1 1 1 7064: it must be/],
    ['another input size', output([1, 85, 1, 8400]), /1 85 1 8400: 1 images of 32×64 have 42 .*compiled for/],
    ['another batch', output([4, 85, 1, anchors]), /4 85 1 42: 1 images of .* batch and input size/],
    ['too little data', output([1, 7, 1, anchors], 9), /1 7 1 42 is 294 values, and 9 came; take/],
  ])('%s is refused in a sentence', (_, wrong, sentence) => {
    expect(() => readOfflineOutput(wrong, 1, GRID)).toThrow(sentence);
    expect(() => readOfflineOutput(wrong, 1, GRID)).toThrow(BackendError);
  });
});
