import { BOX_CHANNELS } from '../decode/index.ts';
import type { ComparedRows } from './score-boxes.ts';

export type OutputGroup = 'centres' | 'sizes' | 'objectness' | 'classes';

/** Channels of each group, from … to. */
export function groupChannels(group: OutputGroup, channels: number): readonly [from: number, to: number] {
  switch (group) {
    case 'centres':
      return [0, 2];
    case 'sizes':
      return [2, 4];
    case 'objectness':
      return [4, BOX_CHANNELS];
    case 'classes':
      return [BOX_CHANNELS, channels];
  }
}

export const OUTPUT_GROUPS: readonly OutputGroup[] = ['centres', 'sizes', 'objectness', 'classes'];

/** Below it the reference itself says nearly the same of every anchor. */
const REFERENCE_RANGE_LEAST = 1e-3;

/** Groups whose every channel has one and the same value at all anchors, while the reference's values differ. */
export function constantGroups(rows: ComparedRows): OutputGroup[] {
  const { reference, actual, channels } = rows;
  return OUTPUT_GROUPS.filter((group) => {
    const [from, to] = groupChannels(group, channels);
    let widest = 0;
    for (let channel = from; channel < to; channel++) {
      if (rangeOf(actual, channel, channels) !== 0) return false;
      widest = Math.max(widest, rangeOf(reference, channel, channels));
    }
    return widest >= REFERENCE_RANGE_LEAST;
  });
}

function rangeOf(rows: Float32Array, channel: number, channels: number): number {
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  for (let at = channel; at < rows.length; at += channels) {
    const value = rows[at]!;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return greatest - least;
}
