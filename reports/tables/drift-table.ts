import { formatEstimate, isNothing } from '../difference-words.ts';
import { formatDifference, formatFigure, formatShare } from '../format-figures.ts';
import type { DriftStep, RunRecord } from '../record/index.ts';
import { intervalRows } from './interval-rows.ts';
import { otherCoresNote } from './other-cores-note.ts';
import { backendLabel, type ReportTable } from './report-table.ts';

/** The steps from the reference to the last stage of the port: how much of the drift each adds. */
export function driftTable(record: RunRecord): ReportTable | null {
  const { drift } = record;
  if (drift.length === 0) return null;
  const labelOf = (name: string): string =>
    backendLabel(record.backends.find((backend) => backend.name === name)!);
  const figures = Object.keys(drift[0]!.metrics);
  return {
    id: 'drift',
    title: 'Drift, step by step',
    header: ['step', ...figures],
    rows: drift.flatMap(({ to, cause, metrics, interval }) => [
      [`${cause}: ${labelOf(to)}`, ...figures.map((name) => formatDifference(metrics[name] ?? null))],
      ...intervalRows(figures, interval),
    ]),
    conclusion: stepsSentence(record, labelOf),
    notes: record.backends.flatMap(otherCoresNote),
  };
}

function stepsSentence({ drift, backends }: RunRecord, labelOf: (name: string) => string): string {
  const apOf = (name: string): number | null =>
    backends.find((backend) => backend.name === name)?.metrics?.AP ?? null;
  const [first, last] = [drift[0]!.from, drift.at(-1)!];
  const [from, to] = [apOf(first), apOf(last.to)];
  if (from === null || to === null) return 'These images hold no ground truth, so that there is no AP.';
  const way = `From ${labelOf(first)} to ${labelOf(last.to)} AP goes ${formatFigure(from)} → ${formatFigure(to)} (${formatDifference(last.fromReference.AP ?? null)})`;
  const sure = drift.some(({ interval }) => interval.AP?.low != null);
  const changeOf = ({ metrics, interval }: DriftStep): string => {
    if (!sure) return formatDifference(metrics.AP ?? null);
    return interval.AP && isNothing(interval.AP) ? 'nothing' : formatEstimate(interval.AP);
  };
  const parts = drift.map((step) => `${changeOf(step)} by ${step.cause}`);
  if (!sure) return `${way}: ${parts.join(', ')}. Point estimates, without an interval.`;
  const budget = backends
    .find(({ name }) => name === last.to)
    ?.judgements.find(({ metric }) => metric === 'AP')?.budget;
  return [`${way}: ${parts.join(', ')}.`, ...sharesSentence(drift, budget)].join(' ');
}

/**
 * The steps that take more than is theirs: of a budget for the whole way each step has an equal share, and one whose whole
 * interval is a loss beyond it is named. Without a budget the step that most of the loss is by, if it is more than chance.
 */
function sharesSentence(drift: readonly DriftStep[], budget: number | undefined): string[] {
  if (budget !== undefined) {
    const share = budget / drift.length;
    const over = drift.filter(({ interval }) => interval.AP?.high != null && interval.AP.high < -share);
    const each = `its share of the budget, ${share.toFixed(4)} of ${budget}`;
    return over.length === 0
      ? [`No step is shown to take more than ${each}.`]
      : over.map(({ cause }) => `More than ${each}: ${cause}.`);
  }
  const most = drift.find(({ whole, interval }) => whole !== null && whole > 0.5 && isLoss(interval.AP));
  return most ? [`Most of the loss, ${formatShare(most.whole!, 1)}, is by ${most.cause}.`] : [];
}

const isLoss = (estimate: DriftStep['interval'][string] | undefined): boolean =>
  estimate?.high != null && estimate.high < 0;
