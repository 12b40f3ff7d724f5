import { normalAtMost, normalQuantile } from './normal.ts';

/** A standard error and the images it was found with; it goes with one over the square root of their number. */
export interface ErrorOfImages {
  readonly standardError: number;
  readonly images: number;
}

/** A gap this many times smaller than the half-width of the interval would take ten thousand times the images: no use to name. */
const HOPELESS = 100;

/**
 * How many images it takes until an interval leaves out a border that lies `gap` away from the true difference, with the
 * chance `power`: `images · ((z₍₁₊c₎⸝₂ + z_power) · standardError / gap)²`. An estimate: the standard error is taken to fall
 * with the square root of the number of images, and `gap` to be the true one.
 * @param gap in the unit of the standard error; its sign does not matter.
 * @returns at least 2; null at the border itself, or so near to it (100 times nearer than the interval is wide to one side)
 *   that the estimated gap says nothing.
 * @throws RangeError when power or confidence is not between 0 and 1, or the standard error is negative.
 */
export function imagesNeeded(
  { standardError, images }: ErrorOfImages,
  gap: number,
  { power = 0.8, confidence = 0.95 }: { readonly power?: number; readonly confidence?: number } = {},
): number | null {
  requireError({ standardError, images });
  const inInterval = normalQuantile((1 + confidence) / 2);
  const distance = Math.abs(gap);
  if (!(distance * HOPELESS > inInterval * standardError)) return null;
  return Math.max(
    2,
    Math.ceil(images * (((inInterval + normalQuantile(power)) * standardError) / distance) ** 2),
  );
}

/**
 * The chance that an interval from `images` images leaves out a border `gap` away from the true difference, on the true
 * side: what `imagesNeeded` turns around.
 * @throws RangeError as `imagesNeeded`.
 */
export function powerOf(
  error: ErrorOfImages,
  gap: number,
  {
    images = error.images,
    confidence = 0.95,
  }: { readonly images?: number; readonly confidence?: number } = {},
): number {
  requireError(error);
  const then = error.standardError * Math.sqrt(error.images / images);
  if (then === 0) return gap === 0 ? 0 : 1;
  return normalAtMost(Math.abs(gap) / then - normalQuantile((1 + confidence) / 2));
}

function requireError({ standardError, images }: ErrorOfImages): void {
  if (!(standardError >= 0 && Number.isFinite(standardError) && Number.isInteger(images) && images > 0)) {
    throw new RangeError(
      `cannot count images from a standard error of ${standardError} with ${images} images: give a number of at least 0 and a positive integer`,
    );
  }
}
