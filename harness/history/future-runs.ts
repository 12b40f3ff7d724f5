import type { HistoryRun } from '../store/history/index.ts';

/** What clocks are allowed to be ahead by: time zones that were set wrong among them. */
const AHEAD_MS = 24 * 60 * 60 * 1000;

/** Whether a run says that it started more than a day from now, which a clock that was wrong leaves behind. */
export function isInFuture({ startedAt }: Pick<HistoryRun, 'startedAt'>, now: Date): boolean {
  return Date.parse(startedAt) > now.getTime() + AHEAD_MS;
}

/** A sentence for each run of a history that is dated in the future: until then it is what others are held against. */
export function futureWarnings(runs: readonly Pick<HistoryRun, 'id' | 'startedAt'>[], now: Date): string[] {
  return runs
    .filter((run) => isInFuture(run, now))
    .map(
      ({ id, startedAt }) =>
        `run ${id} starts in the future (${startedAt}): until then it stays the last of its series, and charts reach as far`,
    );
}

export function printWarnings(warnings: readonly string[]): void {
  for (const warning of warnings) process.stderr.write(`warning: ${warning}\n`);
}
