import type { RunRecord } from '../../reports/record/index.ts';
import { BadDataError } from '../errors.ts';
import { differencesText, fixesText } from '../history/differences-text.ts';
import { accuracyKey, type KeyDifference, keyDifferences } from '../store/history/index.ts';

/** What may differ between a night and its baseline: weights, and the scales and offline models that are made of them, are what is judged. */
const UNDER_TEST = /^(weights\.|runs\.quantization\.scales\.sha256$|runs\.offlineModel$)/;

/**
 * Holds two runs to one another: the same annotations and images, size, thresholds and arithmetic of each backend that both have.
 * @param what names the two in messages, as `runs/night with the baseline main`
 * @returns what is said of weights that differ.
 * @throws BadDataError naming what else differs.
 */
export function refuseOtherRun(from: RunRecord, to: RunRecord, what: string): string[] {
  const notes = new Set<string>();
  for (const backend of to.backends) {
    const before = from.backends.find(({ name }) => name === backend.name);
    if (before === undefined) continue;
    const differences = keyDifferences(accuracyKey(from, before), accuracyKey(to, backend));
    const isUnderTest = ({ path }: KeyDifference): boolean => UNDER_TEST.test(path);
    const others = differences.filter((difference) => !isUnderTest(difference));
    if (others.length > 0) {
      throw new BadDataError(
        `cannot compare ${what}, ${backend.name}: ${differencesText(others)}; run with ${fixesText(others) || 'the options and data of the baseline'}, or set a new baseline (mlu-parity history baseline)`,
      );
    }
    const tested = differences.filter(isUnderTest);
    if (tested.length > 0)
      notes.add(`has other weights, or what is made of them: ${differencesText(tested)}`);
  }
  // Of scales each backend has its own.
  return [...notes];
}
