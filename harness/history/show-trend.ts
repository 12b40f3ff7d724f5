import { EXIT, type ExitCode, UsageError } from '../errors.ts';
import { listRuns, parseMetric, readSeries, seriesTrend } from '../store/history/index.ts';
import { futureWarnings, printWarnings } from './future-runs.ts';
import { seriesNotes } from './series-notes.ts';
import { trendText } from './trend-text.ts';
import { type HistoryFlags, printResult, withHistory } from './with-history.ts';

export interface TrendFlags extends HistoryFlags {
  readonly backend?: string;
  readonly least?: number;
}

/** `mlu-parity history trend`: each series of a metric with its levels and changes. */
export function trendFromCommandLine(text: string, flags: TrendFlags, now = new Date()): Promise<ExitCode> {
  const { metric, category } = parseMetric(text);
  const { backend, least } = flags;
  if (least !== undefined && least < 0) {
    throw new UsageError(`--least ${least} is no size of a change: give 0 or more`);
  }
  return withHistory(flags, 'read', (history) => {
    const found = readSeries(history, {
      metric: metric.name,
      category,
      ...(backend !== undefined && { backend }),
    });
    if (found.length === 0) {
      throw new UsageError(
        `no run in the history ${history.file} has ${text}${backend === undefined ? '' : ` of ${backend}`}: see mlu-parity history list for what there is`,
      );
    }
    const runs = listRuns(history);
    const trends = found.map((series) =>
      seriesTrend(series, runs, least === undefined ? {} : { leastChange: least }),
    );
    const notes = seriesNotes(found);
    const shown = new Set(found.flatMap(({ points }) => points.map(({ run }) => run)));
    const warnings = futureWarnings(
      runs.filter(({ id }) => shown.has(id)),
      now,
    );
    printWarnings(warnings);
    printResult(
      flags,
      {
        ...{ metric, category, warnings },
        trends: trends.map((trend, i) => ({ ...trend, note: notes[i]! })),
      },
      trends.map((trend, i) => trendText(trend, metric, notes[i]!)).join('\n\n'),
    );
    return EXIT.pass;
  });
}
