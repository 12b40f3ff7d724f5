import type { Tensor } from '../tensor.ts';
import { DIFF4_LEAST_COUNT, DiffAccumulator } from './diff-accumulator.ts';
import type { TensorMetricKey } from './tensor-metrics.ts';

/**
 * The figures of a comparison, `e = actual − reference`, `b = reference`:
 *
 * | figure | is | at the edges |
 * |---|---|---|
 * | `maxAbs`, `meanAbs`, `rms`, `meanSigned` | max \|e\|, Σ\|e\|/n, √(Σe²/n), Σe/n | 0 when equal |
 * | `maxRel` | max \|e\|/\|b\| | Infinity where b is 0 and e is not |
 * | `diff1` | Σ\|e\|/Σ\|b\| | b all 0: 0 when equal, else Infinity |
 * | `diff2` | √(Σe²/Σb²) | as diff1 |
 * | `diff3` | max \|e\|/\|b\|, \|e\| itself where \|b\| <= 1e-6 | |
 * | `diff4` | share of positive among the errors that are not 0 | null below 100 of them |
 * | `cosine` | Σab/√(Σa²·Σb²) | both all 0: 1; one of them: 0 |
 * | `sqnr` | −20·log10(diff2) in dB | Infinity when equal |
 * | `requiredAtol` | least atol with \|e\| <= atol + rtol·\|b\| everywhere | 0 when rtol alone is enough |
 *
 * diff1 to diff4 are the vendor's (mlu-ops docs/MLU-OPS-Accuracy-Acceptance-Standard.md).
 */
export type ComparedFigures = { readonly [K in Exclude<TensorMetricKey, 'diff4'>]: number } & {
  readonly diff4: number | null;
};

export type TensorDiff = ComparedDiff | NonFiniteDiff;

export interface ComparedDiff extends ComparedFigures {
  readonly state: 'compared';
  readonly count: number;
  /** Places where both have NaN, or the same infinity; they add nothing to the figures. */
  readonly equalNonFinite: number;
  /** The relative tolerance that `requiredAtol` goes with. */
  readonly rtol: number;
  /** Flat index of the largest |e| and |e|/|b|; −1 when equal. */
  readonly maxAbsAt: number;
  readonly maxRelAt: number;
}

/** NaN or Infinity on one side: no figure is given, since none would mean anything. Always a failure. */
export interface NonFiniteDiff {
  readonly state: 'non-finite';
  readonly count: number;
  readonly mismatches: number;
  /** Flat index of the first one. */
  readonly firstAt: number;
}

/** |e| <= atol + 1e-3·|b|: the order of what float16 storage costs. */
export const DEFAULT_RTOL = 1e-3;

/**
 * Compares two tensors element by element.
 * @param options.rtol relative part of the required tolerance, {@link DEFAULT_RTOL} when absent.
 * @throws RangeError when the shapes differ, there is no element, every element is NaN or infinite on both sides, or
 *   `rtol` is not 0 or more.
 */
export function tensorDiff(
  reference: Tensor,
  actual: Tensor,
  options: { readonly rtol?: number } = {},
): TensorDiff {
  requireSameShape(reference, actual);
  const sums = new DiffAccumulator({ rtol: options.rtol ?? DEFAULT_RTOL });
  // Runs, so that a long sum is one of short sums.
  const run = 4096;
  for (let from = 0; from < reference.data.length; from += run) {
    sums.add(reference.data, actual.data, from, Math.min(from + run, reference.data.length));
  }
  return finishDiff(sums);
}

/** @throws RangeError when the shapes differ or there is nothing to compare. */
export function requireSameShape(reference: Tensor, actual: Tensor): void {
  if (
    reference.shape.length !== actual.shape.length ||
    reference.shape.some((extent, axis) => extent !== actual.shape[axis])
  ) {
    throw new RangeError(
      `cannot compare tensors of shapes [${reference.shape.join(', ')}] and [${actual.shape.join(', ')}]`,
    );
  }
  if (reference.data.length === 0) throw new RangeError('cannot compare tensors without elements');
}

/**
 * The figures of what an accumulator has seen.
 * @throws RangeError when it has seen nothing, or nothing finite.
 */
export function finishDiff(sums: DiffAccumulator): TensorDiff {
  const { count, mismatches, equalNonFinite } = sums;
  if (count === 0) throw new RangeError('cannot give the difference of no elements');
  if (mismatches > 0) return { state: 'non-finite', count, mismatches, firstAt: sums.firstMismatch };
  const finite = count - equalNonFinite;
  if (finite === 0) {
    throw new RangeError(
      `cannot give the difference of ${count} elements that are NaN or infinite on both sides`,
    );
  }
  const unequal = sums.positive + sums.negative;
  const diff2 = ratio(Math.sqrt(sums.sumSquareError), Math.sqrt(sums.sumSquareReference));
  return {
    state: 'compared',
    count,
    equalNonFinite,
    rtol: sums.rtol,
    maxAbs: sums.maxAbs,
    maxAbsAt: sums.maxAbsAt,
    maxRel: sums.maxRel,
    maxRelAt: sums.maxRelAt,
    meanAbs: sums.sumAbsError / finite,
    rms: Math.sqrt(sums.sumSquareError / finite),
    meanSigned: sums.sumError / finite,
    diff1: ratio(sums.sumAbsError, sums.sumAbsReference),
    diff2,
    diff3: sums.diff3,
    diff4: unequal >= DIFF4_LEAST_COUNT ? sums.positive / unequal : null,
    cosine: cosine(sums),
    sqnr: diff2 === 0 ? Number.POSITIVE_INFINITY : -20 * Math.log10(diff2),
    requiredAtol: sums.requiredAtol,
  };
}

function ratio(error: number, size: number): number {
  return error === 0 ? 0 : error / size;
}

function cosine(sums: DiffAccumulator): number {
  const reference = Math.sqrt(sums.sumSquareReference);
  const actual = Math.sqrt(sums.sumSquareActual);
  if (reference === 0 || actual === 0) return reference === actual ? 1 : 0;
  // Equal arrays have cosine 1, which the roundings of two roots would miss.
  if (sums.positive + sums.negative === 0) return 1;
  return Math.max(-1, Math.min(1, sums.sumProduct / reference / actual));
}
