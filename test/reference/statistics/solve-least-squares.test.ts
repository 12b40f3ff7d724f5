import fc from 'fast-check';
import { expect, it } from 'vitest';
import { solveLeastSquares } from '../../../reference/statistics/solve-least-squares.ts';

const value = fc.double({ min: -100, max: 100, noNaN: true });

it('solveLeastSquares leaves a residual at right angles to every column', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(value, value, value), { minLength: 3, maxLength: 9 }), (rows) => {
      const matrix = rows.map(([a, b], i) => [1, i + a / 50, (i * i) / 4 + b / 50]);
      const target = rows.map(([, , y]) => y);
      const solution = solveLeastSquares(matrix, target)!;
      const residual = matrix.map(
        (row, i) => target[i]! - row.reduce((sum, x, j) => sum + x * solution[j]!, 0),
      );
      for (let j = 0; j < 3; j++) {
        const along = matrix.reduce((sum, row, i) => sum + row[j]! * residual[i]!, 0);
        const size = Math.hypot(...matrix.map((row) => row[j]!)) * Math.hypot(...target, 1);
        expect(Math.abs(along) / size).toBeLessThan(1e-9);
      }
    }),
  );
});

it('solveLeastSquares gives nothing where the columns do not determine the coefficients', () => {
  expect(
    solveLeastSquares(
      [
        [1, 2],
        [2, 4],
        [3, 6],
      ],
      [1, 2, 3],
    ),
  ).toBeNull();
  expect(solveLeastSquares([[1, 2]], [1])).toBeNull();
});
