import { SAMPLE_MODEL } from '../../datasets/index.ts';
import type { YoloxVariant } from '../../reference/network/index.ts';
import type { PixelSize } from '../../reference/preprocess/index.ts';
import { UsageError } from '../errors.ts';

/** Largest stride of a YOLOX; its input must be a multiple of it. */
const LARGEST_STRIDE = 32;
const LARGEST_SIDE = 4096;

/**
 * The network input: as given, or that of the official experiment file, 416 for nano and tiny and 640 for the rest; of the
 * sample weights what they were trained at.
 * @param sha256 of the weights' file, where there is one.
 * @throws UsageError for a side that the network cannot take.
 */
export function inputSizeOf(
  given: number | readonly [number, number] | undefined,
  variant: YoloxVariant,
  sha256?: string,
): PixelSize {
  const official = sha256 === SAMPLE_MODEL.sha256 ? SAMPLE_MODEL.size : officialSide(variant);
  const [height, width] = typeof given === 'object' ? given : [given ?? official, given ?? official];
  for (const side of [height, width]) {
    if (side < LARGEST_STRIDE || side > LARGEST_SIDE || side % LARGEST_STRIDE !== 0) {
      throw new UsageError(
        `--size ${height}x${width} does not fit: a side must be a multiple of ${LARGEST_STRIDE} up to ${LARGEST_SIDE}, e.g. 416 or 640`,
      );
    }
  }
  return { height, width };
}

function officialSide({ name }: YoloxVariant): number {
  return name === 'nano' || name === 'tiny' ? 416 : 640;
}
