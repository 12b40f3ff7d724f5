import { formatSmall } from '../format-figures.ts';
import type { RunRecord } from '../record/index.ts';
import { backendLabel, type ReportTable } from './report-table.ts';

/** Differences of the decoded outputs to the reference's, whole and by group and stride, over the images. */
export function tensorTable(record: RunRecord): ReportTable | null {
  const compared = record.backends.filter((backend) => backend.tensorDifference !== null);
  if (compared.length === 0) return null;
  const rows = compared.flatMap((backend) =>
    backend.tensorDifference!.decoded.map(({ group, metrics }) => [
      `${backendLabel(backend)} · ${group}`,
      formatSmall(metrics.sqnr?.median ?? null),
      formatSmall(metrics.sqnr?.min ?? null),
      formatSmall(metrics.maxAbs?.max ?? null),
      formatSmall(metrics.diff1?.median ?? null),
      formatSmall(metrics.diff2?.median ?? null),
      formatSmall(metrics.cosine?.min ?? null),
    ]),
  );
  return {
    id: 'tensors',
    title: 'Output differences to the reference (after decode)',
    header: [
      'group / stride',
      'SQNR dB, median',
      'SQNR dB, worst',
      'max abs',
      'diff1',
      'diff2',
      'cosine, worst',
    ],
    rows,
    conclusion: compared.map((backend) => worstGroupSentence(backend)).join(' '),
  };
}

function worstGroupSentence(backend: RunRecord['backends'][number]): string {
  const difference = backend.tensorDifference!;
  const label = backendLabel(backend);
  if (difference.identicalImages === difference.images)
    return `${label}: every output equals the reference's.`;
  const groups = difference.decoded.filter(({ group }) => group !== 'all');
  const worst = groups.reduce((low, group) =>
    (group.metrics.sqnr?.median ?? Number.POSITIVE_INFINITY) <
    (low.metrics.sqnr?.median ?? Number.POSITIVE_INFINITY)
      ? group
      : low,
  );
  const image = difference.worstImages[0];
  const where = image ? `; the image furthest off is ${image.fileName} (${formatSmall(image.sqnr)} dB)` : '';
  return `${label} is furthest from the reference in ${worst.group} (median ${formatSmall(worst.metrics.sqnr?.median ?? null)} dB)${where}.`;
}
