import { formatDifference, formatFigure } from '../format-figures.ts';
import type { RunRecord } from '../record/index.ts';
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
    rows: drift.map(({ to, cause, metrics }) => [
      `${cause}: ${labelOf(to)}`,
      ...figures.map((name) => formatDifference(metrics[name] ?? null)),
    ]),
    conclusion: stepsSentence(record, labelOf),
  };
}

function stepsSentence({ drift, backends }: RunRecord, labelOf: (name: string) => string): string {
  const apOf = (name: string): number | null =>
    backends.find((backend) => backend.name === name)?.metrics?.AP ?? null;
  const [first, last] = [drift[0]!.from, drift.at(-1)!];
  const [from, to] = [apOf(first), apOf(last.to)];
  if (from === null || to === null) return 'These images hold no ground truth, so that there is no AP.';
  const way = `From ${labelOf(first)} to ${labelOf(last.to)} AP goes ${formatFigure(from)} → ${formatFigure(to)} (${formatDifference(last.fromReference.AP ?? null)})`;
  const parts = drift.map(({ cause, metrics }) => `${formatDifference(metrics.AP ?? null)} by ${cause}`);
  return `${way}: ${parts.join(', ')}. Point estimates, without an interval.`;
}
