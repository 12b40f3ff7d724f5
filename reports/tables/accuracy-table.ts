import { isToldFromZero } from '../difference-words.ts';
import { formatDifference, formatFigure } from '../format-figures.ts';
import type { BackendRecord, RunRecord } from '../record/index.ts';
import { imagesNote } from './images-note.ts';
import { intervalRows } from './interval-rows.ts';
import { backendLabel, type ReportTable } from './report-table.ts';

/** The 12 figures of each backend and, below each, its difference to the reference with the ends of its interval. */
export function accuracyTable(record: RunRecord): ReportTable | null {
  const evaluated = record.backends.filter((backend) => backend.metrics !== null);
  if (evaluated.length === 0) return null;
  const figures = Object.keys(evaluated[0]!.metrics!);
  const rows = evaluated.flatMap((backend) => {
    const own = [
      `${backendLabel(backend)}${imagesNote(record, backend)}`,
      ...figures.map((name) => formatFigure(backend.metrics![name] ?? null)),
    ];
    const { difference } = backend;
    if (!difference) return [own];
    return [
      own,
      ['  difference', ...figures.map((name) => formatDifference(difference.metrics[name] ?? null))],
      ...intervalRows(figures, difference.statistics?.metrics, difference.statistics?.confidence),
    ];
  });
  return {
    id: 'accuracy',
    title: 'Average precision and recall',
    header: ['backend', ...figures],
    rows,
    conclusion: [largestMoveSentence(record, evaluated), ...toldSentence(evaluated)].join(' '),
    notes: evaluated.flatMap(tiesNote),
  };
}

/** How many figures of each backend are told from 0, where that is known. */
function toldSentence(evaluated: readonly BackendRecord[]): string[] {
  const counts = evaluated.flatMap((backend) => {
    const { statistics } = backend.difference ?? {};
    const estimates = Object.entries(statistics?.metrics ?? {}).filter(([, found]) => found?.low != null);
    if (estimates.length === 0) return [];
    const told = estimates.filter(
      ([name, estimate]) => isToldFromZero(estimate!) && !statistics!.withinTies[name],
    );
    return `${told.length} of ${estimates.length} figures of ${backendLabel(backend)}`;
  });
  return counts.length === 0 ? [] : [`More than chance: the differences of ${counts.join(', ')}.`];
}

/** Differences that the order of equal scores can make are none, whatever their interval says. */
function tiesNote(backend: BackendRecord): string[] {
  const { statistics, metrics } = backend.difference ?? {};
  const tied = Object.entries(statistics?.withinTies ?? {}).flatMap(([name, within]) =>
    within && (metrics?.[name] ?? 0) !== 0 ? [name] : [],
  );
  if (tied.length === 0) return [];
  return [
    `${backendLabel(backend)}: no difference in ${tied.join(', ')}, which the order of detections with equal scores alone can move as far`,
  ];
}

function largestMoveSentence(record: RunRecord, evaluated: readonly BackendRecord[]): string {
  if (record.backends.length === 1)
    return `${backendLabel(evaluated[0]!)} is the only backend: there is nothing to compare it with.`;
  const moves = evaluated.flatMap((backend) =>
    Object.entries(backend.difference?.metrics ?? {})
      .filter(([, change]) => change !== null && change !== 0)
      .map(([figure, change]) => ({ backend, figure, change: change! })),
  );
  if (moves.length === 0) return 'No figure differs from the reference.';
  const largest = moves.reduce((most, move) => (Math.abs(move.change) > Math.abs(most.change) ? move : most));
  return `The figure that moves most is ${largest.figure} of ${backendLabel(largest.backend)}: ${formatDifference(largest.change)}${imagesNote(record, largest.backend)}.`;
}
