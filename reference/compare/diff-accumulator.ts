/**
 * Where |b| of the reference is at or below this, diff3 takes the absolute error: the vendor's bound for float32
 * (mlu-ops docs/MLU-OPS-Accuracy-Acceptance-Standard.md).
 */
export const DIFF3_FLOOR = 1e-6;

/** Below so many errors that are not 0, diff4 says nothing, and the vendor ignores it. */
export const DIFF4_LEAST_COUNT = 100;

export interface DiffOptions {
  /** Relative part of the required tolerance: |e| <= atol + rtol·|b|. */
  readonly rtol: number;
}

/**
 * Running sums of the comparison of two arrays, fed run by run. `e = a − b` with `b` the reference. Sums are in float64
 * over runs that are added to the total as a whole, so the relative error of a sum of terms of one sign is below
 * (run length + number of runs)·2⁻⁵³: under 1e-10 for a million elements.
 */
export class DiffAccumulator {
  readonly rtol: number;
  count = 0;
  /** Places where both are NaN, or both the same infinity: equal, and left out of every sum. */
  equalNonFinite = 0;
  /** Places where just one is NaN or infinite, or they are so in different ways. */
  mismatches = 0;
  firstMismatch = -1;
  maxAbs = 0;
  maxAbsAt = -1;
  maxRel = 0;
  maxRelAt = -1;
  diff3 = 0;
  requiredAtol = 0;
  positive = 0;
  negative = 0;
  sumError = 0;
  sumAbsError = 0;
  sumSquareError = 0;
  sumAbsReference = 0;
  sumSquareReference = 0;
  sumSquareActual = 0;
  sumProduct = 0;

  constructor(options: DiffOptions) {
    if (!(options.rtol >= 0 && Number.isFinite(options.rtol))) {
      throw new RangeError(`cannot compare with a relative tolerance of ${options.rtol}: give 0 or more`);
    }
    this.rtol = options.rtol;
  }

  /** Compares the elements `from` … `to − 1` of the two arrays. */
  add(reference: ArrayLike<number>, actual: ArrayLike<number>, from: number, to: number): void {
    const { rtol } = this;
    let { maxAbs, maxAbsAt, maxRel, maxRelAt, diff3, requiredAtol, positive, negative } = this;
    let sumError = 0;
    let sumAbsError = 0;
    let sumSquareError = 0;
    let sumAbsReference = 0;
    let sumSquareReference = 0;
    let sumSquareActual = 0;
    let sumProduct = 0;
    for (let i = from; i < to; i++) {
      const b = reference[i]!;
      const a = actual[i]!;
      // Finite numbers only: NaN and the infinities less themselves are NaN.
      if (a - a !== 0 || b - b !== 0) {
        this.addNonFinite(b, a, i);
        continue;
      }
      const e = a - b;
      const abs = e < 0 ? -e : e;
      const size = b < 0 ? -b : b;
      sumAbsReference += size;
      sumSquareReference += b * b;
      sumSquareActual += a * a;
      sumProduct += a * b;
      if (e === 0) continue;
      if (e > 0) positive++;
      else negative++;
      sumError += e;
      sumAbsError += abs;
      sumSquareError += e * e;
      if (abs > maxAbs) {
        maxAbs = abs;
        maxAbsAt = i;
      }
      const relative = abs / size;
      if (relative > maxRel) {
        maxRel = relative;
        maxRelAt = i;
      }
      const third = size > DIFF3_FLOOR ? relative : abs;
      if (third > diff3) diff3 = third;
      const required = abs - rtol * size;
      if (required > requiredAtol) requiredAtol = required;
    }
    this.count += to - from;
    this.maxAbs = maxAbs;
    this.maxAbsAt = maxAbsAt;
    this.maxRel = maxRel;
    this.maxRelAt = maxRelAt;
    this.diff3 = diff3;
    this.requiredAtol = requiredAtol;
    this.positive = positive;
    this.negative = negative;
    this.sumError += sumError;
    this.sumAbsError += sumAbsError;
    this.sumSquareError += sumSquareError;
    this.sumAbsReference += sumAbsReference;
    this.sumSquareReference += sumSquareReference;
    this.sumSquareActual += sumSquareActual;
    this.sumProduct += sumProduct;
  }

  /** Takes over everything that `other` has seen of the same two arrays. */
  merge(other: DiffAccumulator): void {
    if (other.firstMismatch >= 0 && (this.firstMismatch < 0 || other.firstMismatch < this.firstMismatch)) {
      this.firstMismatch = other.firstMismatch;
    }
    if (other.maxAbs > this.maxAbs) {
      this.maxAbs = other.maxAbs;
      this.maxAbsAt = other.maxAbsAt;
    }
    if (other.maxRel > this.maxRel) {
      this.maxRel = other.maxRel;
      this.maxRelAt = other.maxRelAt;
    }
    this.diff3 = Math.max(this.diff3, other.diff3);
    this.requiredAtol = Math.max(this.requiredAtol, other.requiredAtol);
    for (const sum of SUMS) this[sum] += other[sum];
  }

  private addNonFinite(b: number, a: number, i: number): void {
    if (Object.is(a, b)) {
      this.equalNonFinite++;
      return;
    }
    this.mismatches++;
    if (this.firstMismatch < 0) this.firstMismatch = i;
  }
}

const SUMS = [
  'count',
  'equalNonFinite',
  'mismatches',
  'positive',
  'negative',
  'sumError',
  'sumAbsError',
  'sumSquareError',
  'sumAbsReference',
  'sumSquareReference',
  'sumSquareActual',
  'sumProduct',
] as const;
