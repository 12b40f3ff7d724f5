import { formatDifference, formatFigure } from '../format-figures.ts';
import type { BackendRecord, RunRecord } from '../record/index.ts';
import { imagesNote } from './images-note.ts';
import { backendLabel, type ReportTable } from './report-table.ts';

/** The 12 figures of each backend and, below each, its difference to the reference. */
export function accuracyTable(record: RunRecord): ReportTable | null {
  const evaluated = record.backends.filter((backend) => backend.metrics !== null);
  if (evaluated.length === 0) return null;
  const figures = Object.keys(evaluated[0]!.metrics!);
  const rows = evaluated.flatMap((backend) => {
    const own = [
      `${backendLabel(backend)}${imagesNote(record, backend)}`,
      ...figures.map((name) => formatFigure(backend.metrics![name] ?? null)),
    ];
    if (!backend.difference) return [own];
    return [
      own,
      ['  difference', ...figures.map((name) => formatDifference(backend.difference!.metrics[name] ?? null))],
    ];
  });
  return {
    id: 'accuracy',
    title: 'Average precision and recall',
    header: ['backend', ...figures],
    rows,
    conclusion: largestMoveSentence(record, evaluated),
  };
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
