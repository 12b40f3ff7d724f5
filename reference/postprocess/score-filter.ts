import { BOX_CHANNELS } from '../decode/index.ts';

const fround = Math.fround;

/** Anchors of one image that passed the score filter, in anchor order; entry `i` of each array belongs together. */
export interface Candidates {
  readonly count: number;
  readonly anchors: Uint32Array;
  readonly objectness: Float32Array;
  readonly classConfidence: Float32Array;
  /** Objectness · class confidence, a float32 product. */
  readonly scores: Float32Array;
  readonly classIndices: Uint16Array;
}

/**
 * The anchors of one image whose score reaches the threshold (YOLOX yolox/utils/boxes.py `postprocess`):
 * score = obj · greatest class confidence as a float32 product, kept where `score >= conf`; of equal classes the first.
 * The threshold is rounded to float32, as PyTorch does when it compares a tensor with a number.
 * @param data `[anchors, 5 + classes]` from `offset` on, finite, obj and cls after sigmoid; reg is not read.
 * @param channels 5 + classes.
 * @param conf 0 … 1.
 * @param belowTwo whether every objectness and class confidence is known to be in 0 … 2, 2 left out (`inspectOutput`).
 *   Then `2 · obj < conf` is enough to drop an anchor without reading its classes, with the same answer: the float32
 *   product rounds to less than `conf` too.
 * @throws RangeError when `conf` is not in 0 … 1, or there are more than 65,536 classes.
 */
export function scoreFilter(
  data: Float32Array,
  offset: number,
  anchors: number,
  channels: number,
  conf: number,
  belowTwo: boolean,
): Candidates {
  if (!(conf >= 0 && conf <= 1)) {
    throw new RangeError(`cannot filter scores with a confidence of ${conf}: give one from 0 to 1`);
  }
  if (channels - BOX_CHANNELS > 0x10000) {
    throw new RangeError(
      `cannot hold the class indices of ${channels - BOX_CHANNELS} classes: the most is 65536`,
    );
  }
  const threshold = fround(conf);
  const least = belowTwo ? threshold / 2 : Number.NEGATIVE_INFINITY;
  const kept = new Uint32Array(anchors);
  let promising = 0;
  for (let anchor = 0, at = offset + 4; anchor < anchors; anchor++, at += channels) {
    if (data[at]! >= least) kept[promising++] = anchor;
  }

  const objectness = new Float32Array(promising);
  const classConfidence = new Float32Array(promising);
  const scores = new Float32Array(promising);
  const classIndices = new Uint16Array(promising);
  let count = 0;
  for (let i = 0; i < promising; i++) {
    const anchor = kept[i]!;
    const from = offset + anchor * channels + BOX_CHANNELS;
    const end = from + channels - BOX_CHANNELS;
    let best = from;
    let greatest = data[from]!;
    for (let at = from + 1; at < end; at++) {
      const confidence = data[at]!;
      if (confidence > greatest) {
        greatest = confidence;
        best = at;
      }
    }
    const score = fround(data[from - 1]! * greatest);
    if (score >= threshold) {
      kept[count] = anchor;
      objectness[count] = data[from - 1]!;
      classConfidence[count] = greatest;
      scores[count] = score;
      classIndices[count++] = best - from;
    }
  }
  return {
    count,
    anchors: kept.subarray(0, count),
    objectness: objectness.subarray(0, count),
    classConfidence: classConfidence.subarray(0, count),
    scores: scores.subarray(0, count),
    classIndices: classIndices.subarray(0, count),
  };
}
