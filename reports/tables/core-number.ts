import { formatCount } from '../format-figures.ts';
import type { BackendRecord, LatencyPoint } from '../record/index.ts';

/** `2 threads`, or cores where the device is no CPU; with what was asked for where that is not what ran. */
export function coreNumberLabel({ device }: Pick<BackendRecord, 'device'>, point: LatencyPoint): string {
  // The outputs of a backend may be emulated on the CPU while its time is modelled on a card.
  const actual = formatCount(point.coreNumber, coreNoun(point.modelled?.card ?? device));
  return point.askedCoreNumber === point.coreNumber
    ? actual
    : `${actual}, ${point.askedCoreNumber} asked for`;
}

export function coreNoun(device: string): string {
  return device === 'CPU' ? 'thread' : 'core';
}
