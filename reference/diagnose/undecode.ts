import { type FixedGrids, headOutputShape } from '../decode/index.ts';
import type { Tensor } from '../tensor.ts';

/**
 * The raw head output behind a decoded one, to within the roundings of decoding: `xy / stride − grid`, `ln(wh / stride)`.
 * @returns a new tensor.
 * @throws RangeError when the shape does not belong to `grids`.
 */
export function undecode(output: Tensor, { grid, x, y, stride }: FixedGrids): Tensor {
  const { batch, anchors, channels } = headOutputShape(output, grid);
  const data = output.data.slice();
  for (let image = 0, at = 0; image < batch; image++) {
    for (let anchor = 0; anchor < anchors; anchor++, at += channels) {
      const pixels = stride[anchor]!;
      data[at] = data[at]! / pixels - x[anchor]!;
      data[at + 1] = data[at + 1]! / pixels - y[anchor]!;
      data[at + 2] = Math.log(data[at + 2]! / pixels);
      data[at + 3] = Math.log(data[at + 3]! / pixels);
    }
  }
  return { ...output, data };
}
