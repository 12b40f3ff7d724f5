import { formatSmall } from '../format-figures.ts';
import type { BackendRecord, RunRecord } from '../record/index.ts';
import { backendLabel, type ReportTable } from './report-table.ts';

/** What each backend's outputs turned out to be, and every mistake of a port that their numbers show. */
export function decodeStateTable(record: RunRecord): ReportTable | null {
  const checked = record.backends.filter((backend) => backend.decodeState !== null);
  if (checked.length === 0) return null;
  const rows = checked.flatMap((backend) =>
    backend.decodeState!.findings.map(({ code, evidence, portLine }) => [
      `${backendLabel(backend)} · ${code}`,
      evidence.measure,
      `${formatSmall(evidence.errorBefore)} ${evidence.unit}`.trim(),
      evidence.errorAfter === null
        ? 'cannot be undone'
        : `${formatSmall(evidence.errorAfter)} ${evidence.unit}`.trim(),
      portLine,
    ]),
  );
  return {
    id: 'decode-state',
    title: 'Decode state, from the numbers of the outputs',
    header: ['backend · finding', 'measured by', 'error', 'with it undone', 'where to look in the port'],
    rows,
    conclusion: checked
      .map((backend) => {
        const { state, healthy, images, findings } = backend.decodeState!;
        return healthy
          ? `${backendLabel(backend)}: ${state}, as it should be (${images} images looked at).`
          : `${backendLabel(backend)}: ${findings.map(({ sentence }) => sentence).join(' ')}${mayBeWeights(backend)}`;
      })
      .join(' '),
  };
}

function mayBeWeights({ quantization }: BackendRecord): string {
  return quantization?.source.firstOtherWeights === undefined
    ? ''
    : ' That may come of the other weights it ran alone.';
}
