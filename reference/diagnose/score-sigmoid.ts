import { BOX_CHANNELS } from '../decode/index.ts';
import { medianInPlace } from './median.ts';
import type { SigmoidForm } from './reading.ts';
import type { ComparedRows } from './score-boxes.ts';
import { probabilityOf } from './sigmoid-form.ts';

export const SIGMOID_FORMS: readonly SigmoidForm[] = ['once', 'missing', 'doubled'];

export interface SigmoidScore {
  /** Median over the anchors of the mean absolute difference of probabilities, under each form. */
  readonly error: Readonly<Record<SigmoidForm, number>>;
  /** Share of values that no probability can have. */
  readonly outsideUnit: number;
  /** Share of values between σ(0) = 0.5 and σ(1) = 0.731, where every value lies after a second sigmoid. */
  readonly insideDoubled: number;
  /** The same share of the reference. */
  readonly referenceInsideDoubled: number;
}

/** Room for float16 and for a device's approximated sigmoid. */
const SLACK = 0.005;
const DOUBLED_LEAST = 0.5 - SLACK;
const DOUBLED_GREATEST = 1 / (1 + Math.exp(-1)) + SLACK;

/** How objectness (`obj`) or class confidences (`cls`) compare with the reference's under each form. */
export function scoreSigmoid(rows: ComparedRows, group: 'obj' | 'cls'): SigmoidScore {
  const { reference, actual, channels, positions } = rows;
  const from = group === 'obj' ? BOX_CHANNELS - 1 : BOX_CHANNELS;
  const to = group === 'obj' ? BOX_CHANNELS : channels;
  const count = positions.length;
  const errors = SIGMOID_FORMS.map(() => new Float64Array(count));
  let outside = 0;
  let inside = 0;
  let referenceInside = 0;
  for (let i = 0; i < count; i++) {
    for (let at = i * channels + from, end = i * channels + to; at < end; at++) {
      const value = actual[at]!;
      const expected = reference[at]!;
      for (let f = 0; f < errors.length; f++) {
        errors[f]![i]! += Math.abs(probabilityOf(SIGMOID_FORMS[f]!, value) - expected);
      }
      if (!(value >= -SLACK && value <= 1 + SLACK)) outside++;
      if (value >= DOUBLED_LEAST && value <= DOUBLED_GREATEST) inside++;
      if (expected >= DOUBLED_LEAST && expected <= DOUBLED_GREATEST) referenceInside++;
    }
  }
  const width = to - from;
  const [once, missing, doubled] = errors.map((error) => medianInPlace(error) / width);
  const values = count * width;
  return {
    error: { once: once!, missing: missing!, doubled: doubled! },
    outsideUnit: outside / values,
    insideDoubled: inside / values,
    referenceInsideDoubled: referenceInside / values,
  };
}
