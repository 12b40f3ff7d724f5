import type { PixelSize } from '../../reference/preprocess/index.ts';
import { createRandom } from '../../reference/random.ts';
import { float32Tensor, type Tensor } from '../../reference/tensor.ts';

/**
 * Seeded noise in the place of pictures: whole grey levels 0 … 255, as a letterbox has them.
 * @param count images that there are.
 * @returns a view of `batch` of them from the image `first` on, NCHW `[batch, 3, height, width]`.
 */
export function seededInputs(
  { height, width }: PixelSize,
  count: number,
  seed: number,
): (batch: number, first?: number) => Tensor {
  const random = createRandom(seed);
  const perImage = 3 * height * width;
  const pixels = Float32Array.from({ length: count * perImage }, () => random.integer(256));
  return (batch, first = 0) => {
    const data = pixels.subarray(first * perImage, (first + batch) * perImage);
    return float32Tensor(data, [batch, 3, height, width], 'NCHW');
  };
}
