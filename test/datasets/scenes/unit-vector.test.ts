import fc from 'fast-check';
import { expect, test } from 'vitest';
import { unitVector } from '../../../datasets/scenes/unit-vector.ts';

test('cosine and sine of an angle in turns, as Math has them to 1e-12, for any angle', () => {
  fc.assert(
    fc.property(fc.double({ min: -3, max: 3, noNaN: true }), (turn) => {
      const [cosine, sine] = unitVector(turn);
      expect(Math.abs(cosine - Math.cos(turn * 2 * Math.PI))).toBeLessThan(1e-12);
      expect(Math.abs(sine - Math.sin(turn * 2 * Math.PI))).toBeLessThan(1e-12);
    }),
  );
});

test('quarter turns are exact', () => {
  const quarters = [0, 0.25, 0.5, 0.75, 1].map(unitVector);
  expect(quarters.flat().map((value) => value + 0)).toEqual([1, 0, 0, 1, -1, 0, 0, -1, 1, 0]);
});
