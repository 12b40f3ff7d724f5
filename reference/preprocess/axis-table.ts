import { roundHalfToEven } from '../quantize/rounding.ts';

/** Weights carry 11 fractional bits: 2048 is 1. OpenCV's `INTER_RESIZE_COEF_SCALE`. */
export const WEIGHT_ONE = 2048;

/** Which two source positions an output position mixes, and by how much, along one axis of a bilinear resize. */
export interface AxisTable {
  readonly lower: Int32Array;
  readonly upper: Int32Array;
  /** 11-bit weights of `lower` and `upper`. Their sum may miss 2048, since each is rounded by itself. */
  readonly lowerWeight: Int32Array;
  readonly upperWeight: Int32Array;
}

/**
 * What happens where an output position lies outside the source. OpenCV treats its two passes differently, and when
 * enlarging the results differ by a grey level:
 * - `drop-fraction` (horizontal): all weight goes to the border pixel;
 * - `clip-position` (vertical): the weights stay, and both positions are clipped to the border, so that each product is
 *   truncated by itself.
 */
export type BorderRule = 'drop-fraction' | 'clip-position';

/**
 * The table of one axis.
 *
 * Position and fraction are float32 of a float64 product, and weights round half to even, as in OpenCV
 * `modules/imgproc/src/resize.cpp` `cv::hal::resize` (the part that fills `xofs`, `ialpha`, `yofs`, `ibeta`).
 *
 * @param source extent of the source along the axis, pixels ≥ 1
 * @param target extent of the result along the axis, pixels ≥ 1
 */
export function axisTable(source: number, target: number, border: BorderRule): AxisTable {
  const table: AxisTable = {
    lower: new Int32Array(target),
    upper: new Int32Array(target),
    lowerWeight: new Int32Array(target),
    upperWeight: new Int32Array(target),
  };
  // Two divisions, not source / target: the quotient may differ in its last bit.
  const step = 1 / (target / source);
  const last = source - 1;
  for (let i = 0; i < target; i++) {
    const position = Math.fround((i + 0.5) * step - 0.5);
    let lower = Math.floor(position);
    let fraction = Math.fround(position - lower);
    if (border === 'drop-fraction' && (lower < 0 || lower >= last)) {
      lower = lower < 0 ? 0 : last;
      fraction = 0;
    }
    table.lower[i] = clip(lower, last);
    table.upper[i] = clip(lower + 1, last);
    table.lowerWeight[i] = roundHalfToEven(Math.fround(1 - fraction) * WEIGHT_ONE);
    table.upperWeight[i] = roundHalfToEven(fraction * WEIGHT_ONE);
  }
  return table;
}

const clip = (position: number, last: number): number => Math.max(0, Math.min(last, position));

/**
 * Keeps the tables of the sizes met so far: the pictures of a data set share few sizes. Emptied when it would grow past
 * `capacity`, so that a data set of ever new sizes cannot fill the memory.
 */
export class AxisTableCache {
  readonly #tables = new Map<string, AxisTable>();
  readonly #capacity: number;

  constructor(capacity = 256) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#tables.size;
  }

  get(source: number, target: number, border: BorderRule): AxisTable {
    const key = `${border} ${source} ${target}`;
    const known = this.#tables.get(key);
    if (known) return known;
    if (this.#tables.size >= this.#capacity) this.#tables.clear();
    const made = axisTable(source, target, border);
    this.#tables.set(key, made);
    return made;
  }
}
