import { formatFigure } from '../../reports/format-figures.ts';
import { EXIT, type ExitCode } from '../errors.ts';
import { type History, type HistoryRun, listRuns, readSeries } from '../store/history/index.ts';
import { formatTable } from '../terminal/table.ts';
import { shortTime } from '../../reports/history/short-time.ts';
import { futureWarnings, printWarnings } from './future-runs.ts';
import { type HistoryFlags, printResult, withHistory } from './with-history.ts';

interface ListedRun extends HistoryRun {
  /** AP of each backend that finished. */
  readonly ap: Readonly<Record<string, number | null>>;
}

/** `mlu-parity history list` */
export function listFromCommandLine(flags: HistoryFlags, now = new Date()): Promise<ExitCode> {
  return withHistory(flags, 'read', (history) => {
    const runs = withAp(history);
    const warnings = futureWarnings(runs, now);
    printWarnings(warnings);
    printResult(flags, { runs, warnings }, runs.length === 0 ? `no runs in ${history.file}` : tableOf(runs));
    return EXIT.pass;
  });
}

function withAp(history: History): ListedRun[] {
  const ap = new Map<number, Record<string, number | null>>();
  for (const { key, points } of readSeries(history, { metric: 'AP' })) {
    for (const { run, value } of points) ap.set(run, { ...ap.get(run), [key.backend]: value });
  }
  return listRuns(history).map((run) => ({ ...run, ap: ap.get(run.id) ?? {} }));
}

function tableOf(runs: readonly ListedRun[]): string {
  const backends = [...new Set(runs.flatMap(({ ap }) => Object.keys(ap)))];
  const header = [
    'run',
    'started',
    'status',
    'exit',
    ...backends.map((name) => `AP ${name}`),
    'commit',
    'baseline',
  ];
  const rows = runs.map(({ id, startedAt, status, exitCode, ap, environment, baselines }) => [
    ...[String(id), shortTime(startedAt), status, String(exitCode)],
    ...backends.map((name) => (name in ap ? formatFigure(ap[name]!) : '–')),
    ...[environment.commit?.slice(0, 8) ?? '–', baselines.join(', ') || '–'],
  ]);
  return formatTable(header, rows).join('\n');
}
