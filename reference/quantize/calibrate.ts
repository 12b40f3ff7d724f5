/** Smallest and largest value that a layer's input took during one forward pass. */
export interface ValueRange {
  readonly min: number;
  readonly max: number;
}

/** Largest magnitude of a range; NaN where either end is NaN. */
export function absmaxOfRange({ min, max }: ValueRange): number {
  return Math.max(max, -min);
}

/**
 * Range of an array; NaN at both ends as soon as one value is NaN, so that it cannot be overlooked.
 * @throws RangeError for an empty array.
 */
export function rangeOf(values: Float32Array): ValueRange {
  if (values.length === 0) throw new RangeError('cannot take the range of no values');
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value < min) min = value;
    if (value > max) max = value;
    if (Number.isNaN(value)) return { min: Number.NaN, max: Number.NaN };
  }
  return { min, max };
}

/**
 * How the ranges of several forward passes become one (torch_mlu/core/quantized/observer.py, `use_avg`):
 * - `extreme`: the smallest minimum and the largest maximum so far.
 * - `running-average`: `(old · n + new) / (n + 1)` with `n` the number of this pass counted from 1, so that the second pass
 *   gives (2·first + second) / 3. That is what the original computes, not the mean.
 */
export type RangeMerge = 'extreme' | 'running-average';

/** Ranges of one layer, pass by pass. `headroom` multiplies both ends before merging (`data_scale`). */
export class RangeCalibrator {
  readonly #merge: RangeMerge;
  readonly #headroom: number;
  #range: ValueRange | undefined;
  #passes = 0;

  /** @throws RangeError unless `headroom` is a positive finite number. */
  constructor(merge: RangeMerge = 'extreme', headroom = 1) {
    if (!(headroom > 0) || headroom === Number.POSITIVE_INFINITY) {
      throw new RangeError(`cannot calibrate with headroom ${headroom}: it must be a positive finite number`);
    }
    this.#merge = merge;
    this.#headroom = headroom;
  }

  observe(range: ValueRange): void {
    const min = range.min * this.#headroom;
    const max = range.max * this.#headroom;
    this.#passes++;
    const old = this.#range;
    if (old === undefined) {
      this.#range = { min, max };
    } else if (this.#merge === 'extreme') {
      this.#range = { min: Math.min(old.min, min), max: Math.max(old.max, max) };
    } else {
      const n = this.#passes;
      this.#range = { min: (old.min * n + min) / (n + 1), max: (old.max * n + max) / (n + 1) };
    }
  }

  /** Merged absmax; NaN where no pass was observed or a NaN was. */
  absmax(): number {
    return this.#range === undefined ? Number.NaN : absmaxOfRange(this.#range);
  }
}
