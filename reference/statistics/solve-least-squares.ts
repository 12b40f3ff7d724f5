/**
 * The coefficients x with the least Σ(rows·x − target)², for a handful of columns, by Householder reflections.
 * @param rows one array of equal length for each equation.
 * @returns null where the columns do not determine them.
 */
export function solveLeastSquares(
  rows: readonly (readonly number[])[],
  target: readonly number[],
): number[] | null {
  const columns = rows[0]?.length ?? 0;
  if (rows.length < columns) return null;
  const a = rows.map((row, i) => [...row, target[i]!]);
  const scales = Array.from({ length: columns }, (_, j) => Math.hypot(...rows.map((row) => row[j]!)));
  for (let j = 0; j < columns; j++) {
    const norm = Math.hypot(...a.slice(j).map((row) => row[j]!));
    // What the columns before leave of this one is rounding: it is a sum of them.
    if (!(norm > 1e-12 * scales[j]!)) return null;
    const pivot = a[j]![j]! > 0 ? -norm : norm;
    const reflector = a.map((row, i) => (i < j ? 0 : i === j ? row[j]! - pivot : row[j]!));
    const square = reflector.reduce((sum, value) => sum + value * value, 0);
    for (let k = j; k <= columns; k++) {
      const along = (2 * reflector.reduce((sum, value, i) => sum + value * a[i]![k]!, 0)) / square;
      for (let i = j; i < a.length; i++) a[i]![k]! -= along * reflector[i]!;
    }
  }
  const solution = new Array<number>(columns).fill(0);
  for (let j = columns - 1; j >= 0; j--) {
    let rest = a[j]![columns]!;
    for (let k = j + 1; k < columns; k++) rest -= a[j]![k]! * solution[k]!;
    solution[j] = rest / a[j]![j]!;
  }
  return solution;
}
