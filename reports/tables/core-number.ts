import { formatCount } from '../format-figures.ts';
import type { BackendRecord, LatencyPoint } from '../record/index.ts';

/** `2 threads`, or cores where the device is no CPU; with what was asked for where that is not what ran. */
export function coreNumberLabel(backend: Pick<BackendRecord, 'device'>, point: LatencyPoint): string {
  const actual = formatCount(point.coreNumber, coreNounOf(backend, point));
  return point.askedCoreNumber === point.coreNumber
    ? actual
    : `${actual}, ${point.askedCoreNumber} asked for`;
}

/** The outputs of a backend may be emulated on the CPU while its time is modelled on a card. */
export function coreNounOf({ device }: Pick<BackendRecord, 'device'>, { modelled }: LatencyPoint): string {
  return coreNoun(modelled?.card ?? device);
}

export function coreNoun(device: string): string {
  return device === 'CPU' ? 'thread' : 'core';
}
