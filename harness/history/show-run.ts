import { textSummary } from '../../reports/index.ts';
import { EXIT, type ExitCode } from '../errors.ts';
import {
  findRun,
  keyDifferences,
  readRecordOf,
  type SeriesKey,
  type SeriesOfRun,
  seriesOfRun,
} from '../store/history/index.ts';
import { drawTable } from '../terminal/draw-table.ts';
import { differencesText } from './differences-text.ts';
import { shortTime } from './short-time.ts';
import { type HistoryFlags, printResult, withHistory } from './with-history.ts';

/** `mlu-parity history show`: the record of a run, and whether other runs can be compared with it. */
export function showFromCommandLine(name: string, flags: HistoryFlags): Promise<ExitCode> {
  return withHistory(flags, 'read', (history) => {
    const run = findRun(history, name);
    const record = readRecordOf(history, run);
    const { own, others } = seriesOfRun(history, run.id);
    const series = own.map((one) => ({ ...one, apart: apartFrom(one.key, others) }));
    const { commit, version, node, cpu, cores } = run.environment;
    const text = [
      `run ${run.id} of ${shortTime(run.startedAt)}, ${run.status}${run.baselines.length > 0 ? `, baseline ${run.baselines.join(', ')}` : ''}`,
      `mlu-parity ${version}, commit ${commit ?? 'unknown'}, Node ${node}, ${cpu}, ${cores} threads${run.source === null ? '' : `, from ${run.source}`}`,
      '',
      textSummary(record, drawTable),
      '',
      comparabilityText(series),
    ].join('\n');
    printResult(flags, { run, series, record }, text);
    return EXIT.pass;
  });
}

interface ShownSeries extends SeriesOfRun {
  readonly apart: readonly Apart[];
}

/** Another series of the same backend and kind, and why it is another one. */
interface Apart {
  readonly series: number;
  readonly runs: number;
  readonly differences: ReturnType<typeof keyDifferences>;
}

function apartFrom(key: SeriesKey, others: readonly SeriesOfRun[]): Apart[] {
  return others
    .filter((other) => isTwin(key, other.key))
    .map(({ id, runs, key: theirs }) => ({ series: id, runs, differences: keyDifferences(theirs, key) }));
}

/** Of other core numbers nobody expects to be compared. */
function isTwin(one: SeriesKey, other: SeriesKey): boolean {
  const pointOf = ({ kind, backend, timing }: SeriesKey): string =>
    [kind, backend, timing?.clock, timing?.coreNumber, timing?.batch].join();
  return pointOf(one) === pointOf(other);
}

function comparabilityText(series: readonly ShownSeries[]): string {
  const lines = series
    .filter(({ key }) => key.kind === 'accuracy')
    .flatMap(({ key, runs, apart }) => [
      `${key.backend}: its figures can be compared with those of ${runs - 1} other run${runs === 2 ? '' : 's'}`,
      ...apart.map(
        (other) =>
          `  not with ${other.runs} run${other.runs === 1 ? '' : 's'}: ${differencesText(other.differences)}`,
      ),
    ]);
  return lines.length === 0
    ? 'No backend finished all images: there is nothing to compare.'
    : lines.join('\n');
}
