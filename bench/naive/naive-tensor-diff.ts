import type { ComparedFigures } from '../../reference/compare/index.ts';

/** Some figures of a tensor comparison, each by its formula over all numbers. */
export function naiveTensorDiff(
  reference: Float32Array,
  actual: Float32Array,
): Pick<ComparedFigures, 'maxAbs' | 'rms' | 'diff1' | 'cosine' | 'sqnr'> {
  const errors = Array.from(actual, (a, i) => a - reference[i]!);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const squares = (values: ArrayLike<number>): number => sum(Array.from(values, (value) => value * value));
  const absolutes = (values: ArrayLike<number>): number => sum(Array.from(values, Math.abs));
  return {
    maxAbs: errors.reduce((most, error) => Math.max(most, Math.abs(error)), 0),
    rms: Math.sqrt(squares(errors) / errors.length),
    diff1: absolutes(errors) / absolutes(reference),
    cosine:
      sum(Array.from(actual, (a, i) => a * reference[i]!)) / Math.sqrt(squares(actual) * squares(reference)),
    sqnr: -10 * Math.log10(squares(errors) / squares(reference)),
  };
}
