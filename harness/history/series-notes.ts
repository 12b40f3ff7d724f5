import { keyDifferences, type Series } from '../store/history/index.ts';
import { differencesText } from './differences-text.ts';

/** For each series by what it differs from the one of the same backend, core number and batch with later runs; empty where it is the latest. */
export function seriesNotes(all: readonly Series[]): string[] {
  return all.map((series, i) => {
    const latest = all.slice(0, i).find((other) => isTwin(series, other));
    if (latest === undefined) return '';
    return `another series than the one above it: ${differencesText(keyDifferences(latest.key, series.key))}`;
  });
}

function isTwin({ key: one }: Series, { key: other }: Series): boolean {
  return (
    one.backend === other.backend &&
    one.timing?.clock === other.timing?.clock &&
    one.timing?.coreNumber === other.timing?.coreNumber &&
    one.timing?.batch === other.timing?.batch
  );
}
