import { describe, expect, it } from 'vitest';
import { normalAtMost, normalQuantile } from '../../../reference/statistics/index.ts';

describe('the normal distribution, against R 4.6.0', () => {
  it.each([
    [0, 0.5],
    [1.959963984540054, 0.975],
    [-3, 0.0013498980316300946],
    [-6, 9.86587645037698e-10],
    [1, 0.8413447460685429],
    [5, 0.9999997133484281],
  ])('pnorm(%d)', (x, p) => {
    expect(Math.abs(normalAtMost(x) - p)).toBeLessThan(1e-15);
  });

  it.each([
    [0.975, 1.9599639845400536],
    [0.5, 0],
    [0.8, 0.8416212335729144],
    [0.001, -3.090232306167813],
    [0.9, 1.2815515655446008],
    [0.9999, 3.7190164854557084],
  ])('qnorm(%d)', (p, x) => {
    expect(Math.abs(normalQuantile(p) - x)).toBeLessThan(1e-11);
  });

  it('is 0 and 1 far out, and has no quantile of 0, 1 or NaN', () => {
    expect([-100, Number.NEGATIVE_INFINITY, 100, Number.NaN].map(normalAtMost)).toEqual([
      0,
      0,
      1,
      Number.NaN,
    ]);
    for (const p of [0, 1, Number.NaN]) expect(() => normalQuantile(p)).toThrow(/between 0 and 1/);
  });
});
