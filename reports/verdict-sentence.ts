import { chanceClause, noIntervalWords } from './difference-words.ts';
import { findingsOf, findingsTogether } from './findings.ts';
import { formatCount, formatFigure } from './format-figures.ts';
import { mistakeSentence, otherWeightsSentences } from './other-weights.ts';
import type { BackendRecord, RunRecord } from './record/index.ts';
import { imagesNote } from './tables/images-note.ts';
import { backendLabel } from './tables/report-table.ts';

/** The finding of a run in a paragraph; what failed comes before any figure, and other weights before what they may explain. */
export function verdictSentence(record: RunRecord): string {
  const failures = record.backends
    .filter((backend) => backend.failure !== null)
    .map((backend) => `${backend.failure}.`);
  const mistakes = record.backends.flatMap((backend) =>
    (backend.decodeState?.findings ?? []).map(
      (finding) => `${backendLabel(backend)}: ${mistakeSentence(backend, finding)}`,
    ),
  );
  const timedOthers = record.backends
    .filter(({ latency }) => latency.some(({ output }) => output !== null && output.mismatched > 0))
    .map((backend) => `${backendLabel(backend)}: what was timed is not what was scored; see the warnings.`);
  const stopped = record.stoppedBy === null ? [] : [`Stopped before the end: ${record.stoppedBy}.`];
  return [
    ...stopped,
    ...failures.filter((failure) => !stopped.join().includes(failure)),
    ...otherWeightsSentences(record),
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
    ...findingsTogether(
      others.flatMap((backend) =>
        findingsOf(
          `${backendLabel(backend)}${imagesNote(record, backend)}`,
          backendLabel(reference),
          backend,
          noiseClause(record, backend),
        ),
      ),
    ),
    ...unsureSentence(reference, others),
  ];
}

/** Why differences that no budget judges have no interval. */
function unsureSentence(reference: BackendRecord, others: readonly BackendRecord[]): string[] {
  const unsure = others.find(
    (backend) =>
      backend.judgements.length === 0 &&
      backend.difference!.metrics.AP != null &&
      chanceClause(backend, 'AP') === null,
  );
  if (unsure === undefined) return [];
  const { statistics } = unsure.difference!;
  const why = statistics === null ? '' : ` (${noIntervalWords(statistics.metrics.AP ?? null)})`;
  return [
    `${formatCount(reference.images, 'image')}: point estimates without an interval${why}, which do not say whether a small difference is chance.`,
  ];
}

/**
 * Where there is no interval: whether a change is more than float noise. A change over some images is only held against a
 * noise floor over the same ones.
 */
function noiseClause({ noiseFloor }: RunRecord, backend: BackendRecord): string {
  const change = Math.abs(backend.difference!.metrics.AP ?? 0);
  if (Number(change.toFixed(4)) === 0) return '';
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
