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
    ...findingsTogether(others.map((backend) => driftFinding(record, reference, backend))),
    `${formatCount(reference.images, 'image')}: point estimates without an interval, which do not say whether a small difference is chance.`,
  ];
}

/** What is found of a backend, to stand behind its name or behind several. */
interface Finding {
  readonly label: string;
  readonly one: string;
  readonly several: string;
}

/** Backends of which the same is found are named together. */
function findingsTogether(findings: readonly Finding[]): string[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) groups.set(finding.one, [...(groups.get(finding.one) ?? []), finding]);
  return [...groups.values()].map((group) => {
    const [first] = group;
    if (group.length === 1) return `${first!.label}${first!.one}`;
    return `${group.map(({ label }) => label).join(' · ')} each${first!.several}`;
  });
}

/** How far the AP of one backend is from the reference's on the same images, and whether that is more than float noise. */
function driftFinding(record: RunRecord, reference: BackendRecord, backend: BackendRecord): Finding {
  const { metrics, reference: base } = backend.difference!;
  const change = metrics.AP ?? null;
  const label = `${backendLabel(backend)}${imagesNote(record, backend)}`;
  const against = backendLabel(reference);
  const same = (rest: string): Finding => ({ label, one: rest, several: rest });
  if (change === null) return same(': no AP, since these images hold no ground truth.');
  const from = formatFigure(base.AP ?? null);
  const to = formatFigure(backend.metrics?.AP ?? null);
  const has = (rest: string): Finding => ({ label, one: ` has ${rest}`, several: ` have ${rest}` });
  if (change === 0) return has(`the AP of ${against} (${from}).`);
  const size = Math.abs(change).toFixed(4);
  if (Number(size) === 0) return has(`the AP of ${against} to the last digit shown (${from}).`);
  const rest = `${size} against ${against} (AP ${from} → ${to})${noiseClause(record, backend, Math.abs(change))}.`;
  return change < 0
    ? { label, one: ` loses ${rest}`, several: ` lose ${rest}` }
    : { label, one: ` gains ${rest}`, several: ` gain ${rest}` };
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
