import { formatDifference, formatFigure } from '../format-figures.ts';
import type { RunRecord } from '../run-record.ts';
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
    conclusion: driftSentences(record).join(' '),
  };
}

/** The finding of a run in a paragraph; what failed comes before any figure. */
export function verdictSentence(record: RunRecord): string {
  const failures = record.backends
    .filter((backend) => backend.failure !== null)
    .map((backend) => `${backend.failure}.`);
  const stopped = record.stoppedBy === null ? [] : [`Stopped before the end: ${record.stoppedBy}.`];
  return [
    ...stopped,
    ...failures.filter((failure) => !stopped.join().includes(failure)),
    ...driftSentences(record),
  ].join(' ');
}

/** One sentence a backend: how far its AP is from the reference's, and whether that is more than float noise. */
export function driftSentences(record: RunRecord): string[] {
  const reference = record.backends.find((backend) => backend.isReference);
  if (!reference?.metrics) return ['No backend was evaluated.'];
  const base = reference.metrics.AP ?? null;
  const others = record.backends.filter((backend) => backend.difference !== null);
  if (others.length === 0) {
    return [`${backendLabel(reference)} reaches AP ${formatFigure(base)} on ${reference.images} images.`];
  }
  return others.map((backend) => {
    const difference = backend.difference!;
    const change = difference.metrics.AP ?? null;
    const label = backendLabel(backend);
    if (change === null) return `${label}: no AP, since these images hold no ground truth.`;
    const images = `${difference.images} images`;
    const against = `${reference.name} (${formatFigure(base)} → ${formatFigure(backend.metrics?.AP ?? null)})`;
    const verb = change < 0 ? 'loses' : 'gains';
    const what =
      change === 0
        ? `${label} has the same AP as ${against} on ${images}`
        : `${label} ${verb} ${Math.abs(change).toFixed(4)} AP against ${against} on ${images}`;
    return `${what}; ${noiseClause(record, Math.abs(change))}`;
  });
}

function noiseClause(record: RunRecord, change: number): string {
  const noise = record.noiseFloor?.metrics.AP;
  if (noise === null || noise === undefined) return 'the float noise floor was not measured.';
  return change > noise
    ? `two float engines differ by ${noise.toFixed(4)}, so this is more than float noise; on so few images it is a point estimate.`
    : `two float engines differ by ${noise.toFixed(4)}, so this cannot be told from float noise.`;
}
