import { BOX_CHANNELS } from '../decode/index.ts';
import type { Tensor } from '../tensor.ts';

/** The exponent bits; Infinity and NaN have all of them. */
const EXPONENT = 0x7f800000;
const LOWEST_EXPONENT_BIT = 0x00800000;
/** Sign and highest exponent bit: both are clear exactly in the float32 values from +0 to just below 2. */
const NOT_BELOW_TWO = 0xc0000000;

/**
 * Looks once at every number of a head output `[batch, anchors, 5 + classes]`, so that NaN or Infinity is found also in
 * anchors whose score is too low to be looked at later.
 * @returns whether every objectness and class confidence is in 0 … 2 (2 left out), as a sigmoid's is; then objectness
 *   bounds the score from above.
 * @throws RangeError naming the first image, anchor and channel that is NaN or infinite.
 */
export function inspectOutput(output: Tensor): boolean {
  const [, anchors, channels] = output.shape as [number, number, number];
  const { data } = output;
  const bits = new Int32Array(data.buffer, data.byteOffset, data.length);
  // The bits of all numbers are gathered with OR and judged at the end: one branch instead of one for each number.
  // Adding the lowest exponent bit to an exponent of all ones carries into bit 31.
  let reg = 0;
  let confidences = 0;
  for (let at = 0; at < bits.length; ) {
    const end = at + channels;
    for (const objectness = at + 4; at < objectness; at++) {
      reg |= (bits[at]! & EXPONENT) + LOWEST_EXPONENT_BIT;
    }
    for (; at < end - 7; at += 8) {
      confidences |=
        bits[at]! |
        bits[at + 1]! |
        bits[at + 2]! |
        bits[at + 3]! |
        bits[at + 4]! |
        bits[at + 5]! |
        bits[at + 6]! |
        bits[at + 7]!;
    }
    for (; at < end; at++) confidences |= bits[at]!;
  }
  if (reg >= 0 && (confidences & NOT_BELOW_TWO) === 0) return true;

  for (let at = 0; at < data.length; at++) {
    if (!Number.isFinite(data[at]!)) {
      const anchor = Math.floor(at / channels);
      const channel = at % channels;
      throw new RangeError(
        `cannot postprocess an output that is ${data[at]} at image ${Math.floor(anchor / anchors)}, anchor ${anchor % anchors}, channel ${channel} (${channelName(channel)}): the network or its device failed there`,
      );
    }
  }
  return false;
}

function channelName(channel: number): string {
  return channel < 4 ? 'reg' : channel === 4 ? 'obj' : `class ${channel - BOX_CHANNELS}`;
}
