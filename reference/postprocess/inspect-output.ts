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
  // The bits of all numbers are gathered with OR and judged at the end: one branch instead of one for each number. Four
  // gatherers, so that no OR waits for the one before. Adding the lowest exponent bit to an exponent of all ones
  // carries into bit 31.
  let reg = 0;
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let at = 0; at < bits.length; ) {
    const end = at + channels;
    reg |= (bits[at]! & EXPONENT) + LOWEST_EXPONENT_BIT;
    reg |= (bits[at + 1]! & EXPONENT) + LOWEST_EXPONENT_BIT;
    reg |= (bits[at + 2]! & EXPONENT) + LOWEST_EXPONENT_BIT;
    reg |= (bits[at + 3]! & EXPONENT) + LOWEST_EXPONENT_BIT;
    for (at += 4; at < end - 3; at += 4) {
      a |= bits[at]!;
      b |= bits[at + 1]!;
      c |= bits[at + 2]!;
      d |= bits[at + 3]!;
    }
    for (; at < end; at++) a |= bits[at]!;
  }
  if (reg >= 0 && ((a | b | c | d) & NOT_BELOW_TWO) === 0) return true;

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
