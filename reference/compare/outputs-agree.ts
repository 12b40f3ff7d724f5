import type { Tensor } from '../tensor.ts';
import { tensorDiff } from './tensor-diff.ts';

const LEAST_SQNR_DB = 50;
const MOST_APART = 0.05;

/** {@link outputsAgree} in words, for who reads that outputs do not. */
export const AGREEMENT_RULE = `${LEAST_SQNR_DB} dB are needed, and ${MOST_APART} · (1 + |expected|) is allowed`;

export interface OutputsAgreement {
  readonly agree: boolean;
  /** dB; null for equal outputs, for an expected one of zeros, and where NaN or Infinity is on one side only. */
  readonly sqnr: number | null;
  /** Null where NaN or Infinity is on one side only. */
  readonly maxAbs: number | null;
}

/**
 * Whether two raw head outputs for one image are of the same work: another thread count or batch adds the same sums up in
 * another order, and where values are rounded to integers a few of them then fall to the other side. Both are
 * asked for: 50 dB over the whole, which another precision or another image does not reach, and no element farther off than
 * 0.05 · (1 + |expected|), a twentieth of a score or of a stride, since a few wrong ones are lost in a whole.
 *
 * The two leave room on either side, as measured on YOLOX-nano at 416: two float32 engines, whose sums are in other orders,
 * are 101 dB and 1.3e-4 apart; int16 on exact sums against float32 sums 66 dB and 0.022; but int16 against
 * float32 45 dB and 0.24, int8 against float32 7 dB.
 * @param expected, actual of the same shape.
 * @throws RangeError as `tensorDiff` does.
 */
export function outputsAgree(expected: Tensor, actual: Tensor): OutputsAgreement {
  const diff = tensorDiff(expected, actual, { rtol: MOST_APART });
  if (diff.state === 'non-finite') return { agree: false, sqnr: null, maxAbs: null };
  return {
    agree: diff.sqnr >= LEAST_SQNR_DB && diff.requiredAtol <= MOST_APART,
    sqnr: Number.isFinite(diff.sqnr) ? diff.sqnr : null,
    maxAbs: diff.maxAbs,
  };
}
