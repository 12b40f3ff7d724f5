import type { Random } from '../../reference/random.ts';
import { between } from './chance.ts';

/** Red, green, blue, 0–255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** Hue in turns (0 red, 1/3 green, 2/3 blue), saturation and value 0–1. */
export function hsv(hue: number, saturation: number, value: number): Colour {
  const channel = (offset: number): number => {
    const k = (offset + hue * 6) % 6;
    return 255 * value * (1 - saturation * Math.max(0, Math.min(k, 4 - k, 1)));
  };
  return [channel(5), channel(3), channel(1)];
}

/** A colour of full strength, as of things made of plastic, paint or cloth. */
export const vivid = (random: Random): Colour =>
  hsv(random.next(), between(random, 0.65, 1), between(random, 0.6, 1));

/** A colour of walls, ground and worn things. */
export const muted = (random: Random): Colour =>
  hsv(random.next(), between(random, 0.05, 0.45), between(random, 0.25, 0.9));

/** `colour` times `factor`. */
export const dim = ([red, green, blue]: Colour, factor: number): Colour => [
  red * factor,
  green * factor,
  blue * factor,
];

/** The colour at `share` of the way from `a` to `b`. */
export const mix = (a: Colour, b: Colour, share: number): Colour => [
  a[0] + (b[0] - a[0]) * share,
  a[1] + (b[1] - a[1]) * share,
  a[2] + (b[2] - a[2]) * share,
];

/** `colour` with each channel moved by up to `range`. */
export const vary = (random: Random, [red, green, blue]: Colour, range: number): Colour => [
  red + between(random, -range, range),
  green + between(random, -range, range),
  blue + between(random, -range, range),
];
