const LOWEST = -8;
const HIGHEST = 8;
const SEGMENTS_PER_UNIT = 16;
const SEGMENTS = (HIGHEST - LOWEST) * SEGMENTS_PER_UNIT;

/**
 * A model of how a card takes sigmoid from a table. The vendor's documents say that activations are approximated by
 * tables and Taylor series and do not publish the tables, so this is **a** table, not theirs: 256 chords of equal width
 * over [−8, 8), 0 below and 1 from 8 on, every step in float32. Segment 0 holds what lies below, the last what lies above.
 */
export interface SigmoidTable {
  /** Position of x among the segments: `float32(x · positionFactor) + positionShift`, held within 0 … `slope.length − 1`. */
  readonly positionFactor: number;
  readonly positionShift: number;
  /** By segment: sigmoid is `slope · x + offset`. */
  readonly slope: Float32Array;
  readonly offset: Float32Array;
}

export const SIGMOID_TABLE: SigmoidTable = makeTable();

/** Name of the table for records. */
export const SIGMOID_TABLE_NAME = `sigmoid of ${SEGMENTS} chords over [${LOWEST}, ${HIGHEST})`;

/**
 * Sigmoid by `SIGMOID_TABLE`. Off by at most 4.8e-5, and 4.9e-4 of the value, from −8 to 8; outside by at most 3.4e-4,
 * right where the table ends, and below −8 by the whole value, which becomes 0.
 * @param x a finite float32 value
 */
export function tableSigmoid(x: number): number {
  const { positionFactor, positionShift, slope, offset } = SIGMOID_TABLE;
  const position = Math.fround(Math.fround(x * positionFactor) + positionShift);
  const segment = Math.trunc(Math.min(Math.max(position, 0), slope.length - 1));
  return Math.fround(Math.fround(slope[segment] * x) + offset[segment]);
}

function makeTable(): SigmoidTable {
  const slope = new Float32Array(SEGMENTS + 2);
  const offset = new Float32Array(SEGMENTS + 2);
  const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
  for (let segment = 1; segment <= SEGMENTS; segment++) {
    const from = LOWEST + (segment - 1) / SEGMENTS_PER_UNIT;
    const rise = (sigmoid(from + 1 / SEGMENTS_PER_UNIT) - sigmoid(from)) * SEGMENTS_PER_UNIT;
    slope[segment] = rise;
    offset[segment] = sigmoid(from) - rise * from;
  }
  offset[SEGMENTS + 1] = 1;
  return { positionFactor: SEGMENTS_PER_UNIT, positionShift: 1 - LOWEST * SEGMENTS_PER_UNIT, slope, offset };
}
