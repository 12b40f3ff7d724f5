import { formatMilliseconds } from '../format-figures.ts';
import type { LatencyPoint, RunRecord } from '../record/index.ts';
import { coreNumberLabel } from './core-number.ts';
import { backendLabel, type ReportTable } from './report-table.ts';

/** Host latency of each backend at each core number. */
export function latencyTable(record: RunRecord): ReportTable | null {
  const points = record.backends.flatMap((backend) => backend.latency.map((point) => ({ backend, point })));
  const untimed = record.backends.filter((backend) => backend.untimed !== undefined);
  if (points.length === 0) return null;
  const rows = points.map(({ backend, point }) => {
    const { host } = point;
    const interval = host.p50IntervalMs;
    return [
      rowName({ backend, point }),
      point.provenance,
      formatMilliseconds(host.p50Ms),
      interval ? `${formatMilliseconds(interval[0])}…${formatMilliseconds(interval[1])}` : '–',
      formatMilliseconds(host.p90Ms),
      formatMilliseconds(host.p95Ms),
      formatMilliseconds(host.p99Ms),
      host.imagesPerSecond.toFixed(1),
      String(host.samples),
      String(point.warmUpMs.length),
    ];
  });
  return {
    id: 'latency',
    title: 'Latency of one inference by core number (host time, ms)',
    header: [
      'backend',
      'provenance',
      'p50',
      '95 % interval',
      'p90',
      'p95',
      'p99',
      'images/s',
      'samples',
      'warm-up',
    ],
    rows,
    conclusion: [
      fastestSentence(points),
      emulationSentence(points),
      ...untimed.map((backend) => `${backendLabel(backend)}: ${backend.untimed}.`),
      ...noteSentences(points),
      withheldSentence(points),
    ]
      .filter(Boolean)
      .join(' '),
  };
}

type BackendPoint = { backend: RunRecord['backends'][number]; point: LatencyPoint };

function fastestSentence(points: readonly BackendPoint[]): string {
  const best = points.reduce((low, entry) => (entry.point.host.p50Ms < low.point.host.p50Ms ? entry : low));
  return `The lowest p50 is ${formatMilliseconds(best.point.host.p50Ms)} ms: ${backendLabel(best.backend)} with ${coreNumberLabel(best.backend, best.point)}.`;
}

function rowName({ backend, point }: BackendPoint): string {
  return `${backendLabel(backend)} · ${coreNumberLabel(backend, point)}`;
}

function noteSentences(points: readonly BackendPoint[]): string[] {
  return points.flatMap(({ backend, point }) =>
    point.notes.map((note) => `${backendLabel(backend)}: ${note}.`),
  );
}

function emulationSentence(points: readonly BackendPoint[]): string {
  return points.some(({ backend }) => backend.outputProvenance === 'emulated')
    ? 'The time of an emulated backend is the time of the emulation on this CPU and says nothing about a card.'
    : '';
}

function withheldSentence(points: readonly BackendPoint[]): string {
  const reasons = new Set(points.flatMap(({ point }) => point.host.withheld));
  return reasons.size > 0 ? `Withheld: ${[...reasons].join('; ')}.` : '';
}
