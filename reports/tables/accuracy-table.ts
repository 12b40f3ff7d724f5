import { formatDifference, formatFigure } from '../format-figures.ts';
import type { BackendRecord, RunRecord } from '../record/index.ts';
import { backendLabel, type ReportTable } from './report-table.ts';

/** The 12 figures of each backend and, below each, its difference to the reference. */
export function accuracyTable(record: RunRecord): ReportTable | null {
  const evaluated = record.backends.filter((backend) => backend.metrics !== null);
  if (evaluated.length === 0) return null;
  const figures = Object.keys(evaluated[0]!.metrics!);
  const rows = evaluated.flatMap((backend) => {
    const own = [
      backendLabel(backend),
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
    conclusion: largestMoveSentence(evaluated),
  };
}

/** The finding of a run in a paragraph; what failed comes before any figure. */
export function verdictSentence(record: RunRecord): string {
  const failures = record.backends
    .filter((backend) => backend.failure !== null)
    .map((backend) => `${backend.failure}.`);
  const mistakes = record.backends.flatMap((backend) =>
    (backend.decodeState?.findings ?? []).map(
      ({ sentence, portLine }) => `${backendLabel(backend)}: ${sentence} Look at ${portLine}.`,
    ),
  );
  const stopped = record.stoppedBy === null ? [] : [`Stopped before the end: ${record.stoppedBy}.`];
  return [
    ...stopped,
    ...failures.filter((failure) => !stopped.join().includes(failure)),
    ...mistakes,
    ...driftSentences(record),
  ].join(' ');
}

/** One sentence a backend: how far its AP is from the reference's, and whether that is more than float noise. */
function driftSentences(record: RunRecord): string[] {
  const reference = record.backends.find((backend) => backend.isReference);
  if (!reference?.metrics) return ['No backend was evaluated.'];
  const base = reference.metrics.AP ?? null;
  const others = record.backends.filter((backend) => backend.difference !== null);
  if (others.length === 0) {
    return [`${backendLabel(reference)} reaches AP ${formatFigure(base)} on ${reference.images} images.`];
  }
  const sentences = others.map((backend) => {
    const change = backend.difference!.metrics.AP ?? null;
    const label = backendLabel(backend);
    if (change === null) return `${label}: no AP, since these images hold no ground truth.`;
    const figures = `AP ${formatFigure(base)} → ${formatFigure(backend.metrics?.AP ?? null)}`;
    const noise = noiseClause(record, Math.abs(change));
    if (change === 0) return `${label} has the AP of ${reference.name} (${formatFigure(base)}).`;
    return `${label} ${change < 0 ? 'loses' : 'gains'} ${Math.abs(change).toFixed(4)} against ${reference.name} (${figures}), ${noise}.`;
  });
  return [...sentences, `${reference.images} images: point estimates, without an interval.`];
}

function noiseClause(record: RunRecord, change: number): string {
  const noise = record.noiseFloor?.metrics.AP;
  if (noise === null || noise === undefined) return 'the float noise floor was not measured';
  return change > noise
    ? `more than the ${noise.toFixed(4)} by which two float engines differ`
    : `which cannot be told from the ${noise.toFixed(4)} by which two float engines differ`;
}

function largestMoveSentence(evaluated: readonly BackendRecord[]): string {
  const moves = evaluated.flatMap((backend) =>
    Object.entries(backend.difference?.metrics ?? {})
      .filter(([, change]) => change !== null && change !== 0)
      .map(([figure, change]) => ({ backend, figure, change: change! })),
  );
  if (moves.length === 0) return 'No figure differs from the reference.';
  const largest = moves.reduce((most, move) => (Math.abs(move.change) > Math.abs(most.change) ? move : most));
  return `The figure that moves most is ${largest.figure} of ${backendLabel(largest.backend)}: ${formatDifference(largest.change)}.`;
}
