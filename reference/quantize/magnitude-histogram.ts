const BINS = 8192;

/**
 * A histogram of |x| in bounded memory, for percentile calibration over any number of images.
 *
 * The bins begin at zero and are of one width, a power of two times the first maximum; when a larger value comes, pairs of bins are
 * joined until it fits. So a percentile is an upper bound that lies at most one bin above the exact order statistic, and
 * a bin is never wider than 1/4096 of the largest magnitude: below the step of int8, and far below what clipping does.
 */
export class MagnitudeHistogram {
  readonly #counts = new Float64Array(BINS);
  #width = 0;
  #count = 0;
  #zeros = 0;
  #max = 0;
  #invalid = false;

  /** Adds the magnitudes of `values`. A NaN or infinity makes every later percentile NaN. */
  observe(values: Float32Array): void {
    let max = 0;
    for (let i = 0; i < values.length; i++) {
      const magnitude = Math.abs(values[i]);
      if (magnitude > max) max = magnitude;
      if (Number.isNaN(magnitude)) this.#invalid = true;
    }
    if (max === Number.POSITIVE_INFINITY) this.#invalid = true;
    if (this.#invalid) return;
    this.#widen(max);
    const counts = this.#counts;
    const perUnit = 1 / this.#width;
    let zeros = 0;
    for (let i = 0; i < values.length; i++) {
      const magnitude = Math.abs(values[i]);
      if (magnitude === 0) zeros++;
      else counts[Math.min(BINS - 1, Math.floor(magnitude * perUnit))]++;
    }
    this.#zeros += zeros;
    this.#count += values.length;
  }

  /**
   * The magnitude that `percentile` percent of all values do not exceed: the upper edge of its bin, at most the largest
   * magnitude seen. 100 gives the absmax exactly; nothing observed, or something not finite, gives NaN.
   * @throws RangeError unless 0 < percentile <= 100.
   */
  percentile(percentile: number): number {
    if (!(percentile > 0 && percentile <= 100)) {
      throw new RangeError(`cannot take percentile ${percentile}: it must be above 0 and at most 100`);
    }
    if (this.#invalid || this.#count === 0) return Number.NaN;
    if (percentile === 100) return this.#max;
    let missing = Math.ceil((percentile / 100) * this.#count) - this.#zeros;
    if (missing <= 0) return 0;
    for (let bin = 0; bin < BINS; bin++) {
      missing -= this.#counts[bin];
      if (missing <= 0) return Math.min(this.#max, (bin + 1) * this.#width);
    }
    return this.#max;
  }

  #widen(max: number): void {
    if (max > this.#max) this.#max = max;
    if (this.#width === 0) {
      if (max > 0) this.#width = max / (BINS - 1);
      return;
    }
    const counts = this.#counts;
    while (max >= this.#width * BINS) {
      for (let i = 0; i < BINS / 2; i++) counts[i] = counts[2 * i] + counts[2 * i + 1];
      counts.fill(0, BINS / 2);
      this.#width *= 2;
    }
  }
}
