import { BOX_CHANNELS } from '../decode/index.ts';
import type { Tensor } from '../tensor.ts';
import { rangeCheck } from './range-check.ts';

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
  if (rangeCheck(data, channels)) return true;
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
