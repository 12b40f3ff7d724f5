import { formatCount, formatSmall } from '../format-figures.ts';
import type { BackendRecord, RunRecord } from '../record/index.ts';
import { imagesNote } from './images-note.ts';
import { backendLabel, type ReportTable } from './report-table.ts';

/** Detections kept, moved, lost and gained at the demo threshold: what a user of the detector would see change. */
export function detectionTable(record: RunRecord): ReportTable | null {
  const compared = record.backends.filter((backend) => backend.detectionDifference !== null);
  const first = compared[0]?.detectionDifference;
  if (!first) return null;
  const rows = compared.map((backend) => {
    const difference = backend.detectionDifference!;
    return [
      `${backendLabel(backend)}${imagesNote(record, backend)}`,
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
    conclusion: compared.map(changeSentence).join(' '),
  };
}

/** Boxes moved and classes changed count as much as detections lost: the same is only what nothing happened to. */
function changeSentence(backend: BackendRecord): string {
  const { lost, gained, moved, classChanged, images, imagesChanged, changedImages } =
    backend.detectionDifference!;
  const label = backendLabel(backend);
  if (imagesChanged === 0) return `${label} shows the same detections.`;
  const changes = [
    ...(lost > 0 ? [`loses ${lost}`] : []),
    ...(gained > 0 ? [`gains ${gained}`] : []),
    ...(moved > 0 ? [`moves ${moved}`] : []),
    ...(classChanged > 0 ? [`changes the class of ${classChanged}`] : []),
  ];
  const worst = changedImages[0];
  const where = worst ? `, most of all on ${worst.fileName}` : '';
  return `Of the detections, ${label} ${listed(changes)}, on ${imagesChanged} of ${formatCount(images, 'image')}${where}.`;
}

/** `a, b and c`. */
function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join() : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
