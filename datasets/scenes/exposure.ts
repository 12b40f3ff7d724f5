import { type BgrImage, bgrImage } from '../../reference/preprocess/bgr-image.ts';
import type { Random } from '../../reference/random.ts';
import type { Canvas } from './canvas.ts';
import { between, chance } from './chance.ts';

/** The picture a camera would take of a canvas: uneven light, a lens out of focus, noise, 8 bits a channel. */
export function expose(canvas: Canvas, random: Random): BgrImage {
  light(canvas, random);
  const softness = random.next();
  if (softness > 0.4) blur(canvas, between(random, 0.05, 0.25));
  if (softness > 0.8) for (let pass = 0; pass < 2; pass++) blur(canvas, 0.3);
  return develop(canvas, random);
}

/** Brighter on one side, darker in the corners, brighter or darker and warmer or colder as a whole. */
function light({ width, height, pixels }: Canvas, random: Random): void {
  const overall = between(random, 0.7, 1.15);
  const warmth = between(random, -0.08, 0.08);
  const slopeX = between(random, -0.35, 0.35);
  const slopeY = between(random, -0.35, 0.35);
  const corners = chance(random, 0.5) ? between(random, 0, 0.5) : 0;
  for (let y = 0, at = 0; y < height; y++) {
    const v = y / height - 0.5;
    for (let x = 0; x < width; x++, at += 3) {
      const u = x / width - 0.5;
      const factor = overall * (1 + slopeX * u + slopeY * v - corners * (u * u + v * v));
      pixels[at] *= factor * (1 + warmth);
      pixels[at + 1] *= factor;
      pixels[at + 2] *= factor * (1 - warmth);
    }
  }
}

/** One pass of the kernel `[share, 1 − 2·share, share]` in both directions; pixels beyond the edge are those at it. */
function blur({ width, height, pixels }: Canvas, share: number): void {
  const middle = 1 - 2 * share;
  const row = width * 3;
  for (let y = 0; y < height; y++) {
    const start = y * row;
    const last = start + row - 3;
    let red = pixels[start];
    let green = pixels[start + 1];
    let blue = pixels[start + 2];
    for (let at = start; at <= last; at += 3) {
      const after = at < last ? at + 3 : at;
      const hereRed = pixels[at];
      const hereGreen = pixels[at + 1];
      const hereBlue = pixels[at + 2];
      pixels[at] = share * (red + pixels[after]) + middle * hereRed;
      pixels[at + 1] = share * (green + pixels[after + 1]) + middle * hereGreen;
      pixels[at + 2] = share * (blue + pixels[after + 2]) + middle * hereBlue;
      red = hereRed;
      green = hereGreen;
      blue = hereBlue;
    }
  }
  const above = pixels.slice(0, row);
  for (let y = 0; y < height; y++) {
    const down = y + 1 < height ? row : 0;
    for (let i = 0, at = y * row; i < row; i++, at++) {
      const here = pixels[at];
      pixels[at] = share * (above[i] + pixels[at + down]) + middle * here;
      above[i] = here;
    }
  }
}

/**
 * Sensor noise, mostly of lightness, and rounding to bytes; red and blue change places.
 *
 * One draw a pixel: the sum of its four bytes is as good as normal here, and needs no logarithm, whose last bit is the
 * engine's; the lowest byte alone tints.
 */
function develop({ width, height, pixels }: Canvas, random: Random): BgrImage {
  const noise = between(random, 1, 11);
  // Four bytes, each even over 0–255, have together a standard deviation of 147.8 around 510.
  const grainStep = noise / 147.8;
  const tintStep = noise / 255;
  const data = new Uint8Array(pixels.length);
  for (let at = 0; at < pixels.length; at += 3) {
    const bits = random.next() * 0x1_0000_0000;
    const low = bits & 255;
    const sum = low + ((bits >>> 8) & 255) + ((bits >>> 16) & 255) + (bits >>> 24);
    const grain = (sum - 510) * grainStep;
    const tint = (low - 127.5) * tintStep;
    data[at] = toByte(pixels[at + 2] + grain + tint);
    data[at + 1] = toByte(pixels[at + 1] + grain);
    data[at + 2] = toByte(pixels[at] + grain - tint);
  }
  return bgrImage(data, { width, height });
}

const toByte = (value: number): number => (value <= 0 ? 0 : value >= 255 ? 255 : (value + 0.5) | 0);
