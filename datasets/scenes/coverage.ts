/**
 * How much of each pixel a polygon covers, exactly: the area itself, not a number of sub-samples.
 *
 * Each edge adds, in every row it passes, its height to the pixel it is in and to all on the right of it; the sums along a row
 * are then the covered areas. It is the method of FreeType's smooth rasteriser (`ftgrays.c`), on numbers instead of
 * cells. Our own, rather than a graphics library's, since scenes have to come out bit for bit the same on every machine
 * and for years, and only IEEE 754's exact operations are used.
 */
export class Coverage {
  /** Of the rows and columns that may hold something; right and bottom are not included. */
  left = 0;
  top = 0;
  right = 0;
  bottom = 0;
  #stride = 0;
  #sums = new Float64Array(0);

  /** Begins a shape inside these bounds, which all its edges must keep to. */
  start(left: number, top: number, right: number, bottom: number): void {
    this.left = left;
    this.top = top;
    this.right = right;
    this.bottom = bottom;
    // One column more: an edge hands what is on its right to the next pixel.
    this.#stride = right - left + 1;
    const needed = this.#stride * (bottom - top);
    if (this.#sums.length < needed) this.#sums = new Float64Array(2 * needed);
    else this.#sums.fill(0, 0, needed);
  }

  /** An edge of a contour, in pixels; a contour's edges follow each other and end where they began. */
  edge(startX: number, startY: number, endX: number, endY: number): void {
    if (startY === endY) return;
    const down = startY < endY;
    const x0 = (down ? startX : endX) - this.left;
    const y0 = (down ? startY : endY) - this.top;
    const x1 = (down ? endX : startX) - this.left;
    const y1 = (down ? endY : startY) - this.top;
    const slope = (x1 - x0) / (y1 - y0);
    // As good as horizontal: it bounds no area.
    if (!Number.isFinite(slope)) return;
    const low = Math.min(x0, x1);
    const high = Math.max(x0, x1);
    const sums = this.#sums;
    for (let y = Math.floor(y0); y < y1; y++) {
      const from = Math.max(y, y0);
      const to = Math.min(y + 1, y1);
      const height = down ? to - from : from - to;
      const a = Math.min(Math.max(x0 + (from - y0) * slope, low), high);
      const b = Math.min(Math.max(x0 + (to - y0) * slope, low), high);
      const xl = a < b ? a : b;
      const xr = a < b ? b : a;
      const first = Math.floor(xl);
      const last = Math.floor(xr);
      const row = y * this.#stride;
      if (first === last) {
        const onLeft = (xl + xr) / 2 - first;
        sums[row + first] += height * (1 - onLeft);
        sums[row + first + 1] += height * onLeft;
        continue;
      }
      // The share of the edge that is passed grows by `rate` a pixel; what a pixel gets is its mean over the pixel.
      const rate = 1 / (xr - xl);
      const entered = first + 1 - xl;
      let covered = 0.5 * rate * entered * entered;
      sums[row + first] += height * covered;
      for (let x = first + 1; x < last; x++) {
        const here = rate * (x + 0.5 - xl);
        sums[row + x] += height * (here - covered);
        covered = here;
      }
      const left = xr - last;
      const here = 1 - left * 0.5 * (1 - rate * (last - xl));
      sums[row + last] += height * (here - covered);
      sums[row + last + 1] += height * (1 - here);
    }
  }

  /** Calls `visit` for each row with its covered areas, 0–1, one a pixel from `left` on; only good during the call. */
  rows(visit: (y: number, areas: Float64Array) => void): void {
    const width = this.right - this.left;
    for (let y = this.top; y < this.bottom; y++) {
      const row = (y - this.top) * this.#stride;
      let sum = 0;
      for (let x = row; x < row + width; x++) {
        sum += this.#sums[x];
        this.#sums[x] = Math.min(Math.abs(sum), 1);
      }
      visit(y, this.#sums.subarray(row, row + width));
    }
  }
}
