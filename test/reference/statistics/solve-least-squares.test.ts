import fc from 'fast-check';
import { expect, it } from 'vitest';
import { solveLeastSquares } from '../../../reference/statistics/solve-least-squares.ts';

const value = fc.double({ min: -100, max: 100, noNaN: true });

/** Of three columns: the determinant of the products of their directions, 1 at right angles, 0 where they are dependent. */
function independence(matrix: readonly number[][]): number {
  const directions = [0, 1, 2].map((j) => {
    const column = matrix.map((row) => row[j]!);
    return column.map((x) => x / Math.hypot(...column));
  });
  const product = (i: number, j: number): number =>
    directions[i]!.reduce((sum, x, k) => sum + x * directions[j]![k]!, 0);
  const [xy, xz, yz] = [product(0, 1), product(0, 2), product(1, 2)];
  return 1 + 2 * xy * xz * yz - xy * xy - xz * xz - yz * yz;
}

it('solveLeastSquares leaves a residual at right angles to every column', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(value, value, value), { minLength: 3, maxLength: 9 }), (rows) => {
      const matrix = rows.map(([a, b], i) => [1, i + a / 50, (i * i) / 4 + b / 50]);
      fc.pre(independence(matrix) > 1e-8);
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
