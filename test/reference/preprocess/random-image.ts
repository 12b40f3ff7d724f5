import { type BgrImage, bgrImage } from '../../../reference/preprocess/index.ts';
import { createRandom } from '../../../reference/random.ts';

/** Noise with all grey levels, black and white made frequent: rounding shows at the ends first. */
export function randomImage(height: number, width: number, seed: number): BgrImage {
  const random = createRandom(seed);
  const data = Uint8Array.from({ length: height * width * 3 }, () => {
    const level = Math.floor(random.next() * 320) - 32;
    return Math.max(0, Math.min(255, level));
  });
  return bgrImage(data, { height, width });
}
