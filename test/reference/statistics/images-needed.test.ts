import { describe, expect, it } from 'vitest';
import { imagesNeeded, powerOf } from '../../../reference/statistics/index.ts';

const ERROR = { standardError: 0.001, images: 500 };

describe('images needed', () => {
  it('are (1.96 + 0.84)² = 7.85 times as many where the gap is one standard error', () => {
    expect(imagesNeeded(ERROR, 0.001)).toBe(Math.ceil(500 * (1.959963984540054 + 0.8416212335729144) ** 2));
    expect(imagesNeeded(ERROR, -0.001)).toBe(imagesNeeded(ERROR, 0.001));
  });

  it('give the power they were asked for', () => {
    for (const power of [0.5, 0.8, 0.95]) {
      const images = imagesNeeded(ERROR, 0.0007, { power })!;
      expect(powerOf(ERROR, 0.0007, { images })).toBeGreaterThanOrEqual(power);
      expect(powerOf(ERROR, 0.0007, { images: images - 1 })).toBeLessThan(power);
    }
  });

  it('are null at the border and next to it, two at least without any error', () => {
    expect(imagesNeeded(ERROR, 0)).toBeNull();
    expect(imagesNeeded(ERROR, 0.0000195)).toBeNull();
    expect(imagesNeeded(ERROR, 0.00002)).toBeGreaterThan(1e6);
    expect(imagesNeeded({ standardError: 0, images: 500 }, 0.1)).toBe(2);
    expect(powerOf({ standardError: 0, images: 500 }, 0.1)).toBe(1);
    expect(powerOf({ standardError: 0, images: 500 }, 0)).toBe(0);
  });

  it('refuse an error that is none', () => {
    expect(() => imagesNeeded({ standardError: -1, images: 5 }, 1)).toThrow(/standard error of -1/);
    expect(() => powerOf({ standardError: 1, images: 0 }, 1)).toThrow(/0 images/);
  });
});
