import { formatCount, formatFigure } from './format-figures.ts';
import type { BackendRecord, RunRecord } from './record/index.ts';
import { imagesNote } from './tables/images-note.ts';
import { backendLabel } from './tables/report-table.ts';

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
  const timedOthers = record.backends
    .filter(({ latency }) => latency.some(({ output }) => output !== null && output.mismatched > 0))
    .map((backend) => `${backendLabel(backend)}: what was timed is not what was scored; see the warnings.`);
  const stopped = record.stoppedBy === null ? [] : [`Stopped before the end: ${record.stoppedBy}.`];
  return [
    ...stopped,
    ...failures.filter((failure) => !stopped.join().includes(failure)),
    ...timedOthers,
    ...mistakes,
    ...driftSentences(record),
  ].join(' ');
}

function driftSentences(record: RunRecord): string[] {
  const reference = record.backends.find((backend) => backend.isReference);
  if (!reference?.metrics) return ['No backend was evaluated.'];
  const others = record.backends.filter((backend) => backend.difference !== null);
  if (others.length === 0) {
    return [
      `${backendLabel(reference)} reaches AP ${formatFigure(reference.metrics.AP ?? null)} on ${formatCount(reference.images, 'image')}.`,
    ];
  }
  return [
    ...others.map((backend) => driftSentence(record, reference, backend)),
    `${formatCount(reference.images, 'image')}: point estimates, without an interval.`,
  ];
}

/** How far the AP of one backend is from the reference's on the same images, and whether that is more than float noise. */
function driftSentence(record: RunRecord, reference: BackendRecord, backend: BackendRecord): string {
  const { metrics, reference: base } = backend.difference!;
  const change = metrics.AP ?? null;
  const label = `${backendLabel(backend)}${imagesNote(record, backend)}`;
  const against = backendLabel(reference);
  if (change === null) return `${label}: no AP, since these images hold no ground truth.`;
  const from = formatFigure(base.AP ?? null);
  const to = formatFigure(backend.metrics?.AP ?? null);
  if (change === 0) return `${label} has the AP of ${against} (${from}).`;
  const size = Math.abs(change).toFixed(4);
  if (Number(size) === 0) return `${label} has the AP of ${against} to the last digit shown (${from}).`;
  return `${label} ${change < 0 ? 'loses' : 'gains'} ${size} against ${against} (AP ${from} → ${to})${noiseClause(record, backend, Math.abs(change))}.`;
}

/** A change over some images is only held against a noise floor over the same ones. */
function noiseClause({ noiseFloor }: RunRecord, backend: BackendRecord, change: number): string {
  const noise = noiseFloor?.metrics.AP ?? null;
  if (noiseFloor === null || noise === null) return '; the float noise floor was not measured';
  const none = Number(noise.toFixed(4)) === 0;
  const images = formatCount(noiseFloor.images, 'image');
  if (noiseFloor.images !== backend.difference!.images) {
    return none
      ? `; two float engines agree to the last digit shown, which was measured on ${images} only`
      : `; two float engines differ by ${noise.toFixed(4)}, which was measured on ${images} only`;
  }
  if (none) return `, where two float engines agree to the last digit shown on its ${images}`;
  return change > noise
    ? `, more than the ${noise.toFixed(4)} by which two float engines differ on its ${images}`
    : `, which cannot be told from the ${noise.toFixed(4)} by which two float engines differ on its ${images}`;
}
