import { formatSmall } from '../format-figures.ts';
import type { RunRecord } from '../record/index.ts';
import { backendLabel, type ReportTable } from './report-table.ts';

/** Detections kept, moved, lost and gained at the demo threshold: what a user of the detector would see change. */
export function detectionTable(record: RunRecord): ReportTable | null {
  const compared = record.backends.filter((backend) => backend.detectionDifference !== null);
  const first = compared[0]?.detectionDifference;
  if (!first) return null;
  const rows = compared.map((backend) => {
    const difference = backend.detectionDifference!;
    return [
      backendLabel(backend),
      String(difference.kept),
      String(difference.moved),
      String(difference.classChanged),
      String(difference.lost),
      String(difference.gained),
      formatSmall(difference.pairs?.scoreDelta.p50 ?? null),
      formatSmall(difference.pairs?.centreShift.p90 ?? null),
    ];
  });
  return {
    id: 'detections',
    title: `Detections at conf ${first.conf}, NMS ${first.nms}`,
    header: [
      'backend',
      'kept',
      'moved',
      'class changed',
      'lost',
      'gained',
      'score shift, median',
      'centre shift px, p90',
    ],
    rows,
    conclusion: compared
      .map((backend) => {
        const { lost, gained, changedImages } = backend.detectionDifference!;
        const worst = changedImages[0];
        const where = worst ? `, most of all on ${worst.fileName}` : '';
        return lost + gained === 0
          ? `${backendLabel(backend)} shows the same detections.`
          : `${backendLabel(backend)} loses ${lost} and gains ${gained} detections${where}.`;
      })
      .join(' '),
  };
}
