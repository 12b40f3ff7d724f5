import { formatMilliseconds, formatShare } from '../format-figures.ts';
import { formatPercent } from '../format-loss.ts';
import type { BackendRecord, LatencyPoint, LatencySeries } from '../record/index.ts';
import { coreNumberLabel } from './core-number.ts';
import { backendLabel, type ReportTable } from './report-table.ts';

/** What a table or chart of latencies is made of: any record that has backends with points. */
export interface LatencyRecord {
  readonly backends: readonly Pick<
    BackendRecord,
    'name' | 'precision' | 'device' | 'outputProvenance' | 'timedOn' | 'latency'
  >[];
}

/** Latency of each backend at each core number and batch; host time and device time in rows of their own. */
export function latencyTable(record: LatencyRecord): ReportTable | null {
  const rows = latencyRows(record);
  if (rows.length === 0) return null;
  const floors = rows.some(({ point }) => point.floorMs !== null);
  return {
    id: 'latency',
    title: 'Latency of one inference by core number (ms)',
    header: [
      'backend',
      'provenance',
      'time',
      'p50',
      '95 % interval',
      'p90',
      'p95',
      'p99',
      'images/s',
      'efficiency',
      ...(floors ? ['floor'] : []),
      'samples',
      'outliers',
      'warm-up',
    ],
    rows: rows.map((row) => cells(row, floors)),
    conclusion: [
      fastestSentence(rows),
      rows.some(({ series }) => series.samples > 1)
        ? 'Images/s is of the mean time, which slow samples raise.'
        : '',
      rows.some(({ efficiency }) => efficiency !== null)
        ? 'Efficiency is t(1) / (c · t(c)): 100 % where c cores are c times as fast as one.'
        : '',
      rows.some(({ series }) => series.outliers !== null && series.outliers.count > 0)
        ? 'Outliers lie above Q3 + 3 (Q3 − Q1) and are in every figure.'
        : '',
      elsewhereSentence(rows),
      emulationSentence(rows),
      modelSentence(rows),
      floors ? 'The floor is what the arithmetic alone takes at the peak of the card.' : '',
      withheldSentence(rows),
    ]
      .filter(Boolean)
      .join(' '),
    notes: latencyNotes(record),
  };
}

/** One series of one point. */
export interface LatencyRow {
  readonly backend: LatencyRecord['backends'][number];
  readonly point: LatencyPoint;
  readonly clock: 'host' | 'device';
  readonly series: LatencySeries;
  /** t(1) / (c · t(c)) at the same batch and clock; null for one core, and where one core was not timed. */
  readonly efficiency: number | null;
}

export function latencyRows(record: LatencyRecord): LatencyRow[] {
  return record.backends.flatMap((backend) =>
    backend.latency.flatMap((point) =>
      (['host', 'device'] as const).flatMap((clock) => {
        const series = point[clock];
        if (series === null) return [];
        return { backend, point, clock, series, efficiency: efficiencyOf(backend.latency, point, clock) };
      }),
    ),
  );
}

function efficiencyOf(
  points: readonly LatencyPoint[],
  point: LatencyPoint,
  clock: 'host' | 'device',
): number | null {
  const single = points.find(({ coreNumber, batch }) => coreNumber === 1 && batch === point.batch);
  if (point.coreNumber === 1 || !single?.[clock]) return null;
  return single[clock].p50Ms / (point.coreNumber * point[clock]!.p50Ms);
}

/** `cpu-float · 2 threads · batch 4`; a batch of one goes without saying. */
export function latencyRowName({ backend, point }: Pick<LatencyRow, 'backend' | 'point'>): string {
  return `${backendLabel(backend)} · ${pointLabel({ backend, point })}`;
}

export function pointLabel({ backend, point }: Pick<LatencyRow, 'backend' | 'point'>): string {
  const cores = coreNumberLabel(backend, point);
  return point.batch === 1 ? cores : `${cores} · batch ${point.batch}`;
}

function cells(row: LatencyRow, floors: boolean): string[] {
  const { point, series, clock, efficiency } = row;
  const interval = series.p50IntervalMs;
  return [
    latencyRowName(row),
    point.provenance,
    clock,
    formatMilliseconds(series.p50Ms),
    interval ? `${formatMilliseconds(interval[0])}…${formatMilliseconds(interval[1])}` : '–',
    formatMilliseconds(series.p90Ms),
    formatMilliseconds(series.p95Ms),
    formatMilliseconds(series.p99Ms),
    series.imagesPerSecond.toFixed(1),
    efficiency === null ? '–' : `${formatPercent(efficiency)} %`,
    ...(floors ? [formatMilliseconds(point.floorMs)] : []),
    series.samples === 0 ? '–' : String(series.samples),
    outlierCell(series),
    series.samples === 0 ? '–' : String(point.warmUpMs.length),
  ];
}

function outlierCell({ outliers, samples }: LatencySeries): string {
  if (outliers === null) return '–';
  return outliers.count === 0 ? '0' : `${outliers.count} (${formatShare(outliers.count, samples)})`;
}

/**
 * A modelled time is no finding about a machine, so that it is the lowest only where there is nothing else; and the backend
 * that computes nothing is never meant.
 */
function fastestSentence(rows: readonly LatencyRow[]): string {
  const real = rows.filter(({ backend }) => backend.name !== 'null');
  if (real.length === 0) return '';
  const found = real.filter(({ point }) => point.provenance !== 'modelled');
  const [first, ...others] = found.length > 0 ? found : real;
  const best = others.reduce((low, row) => (row.series.p50Ms < low.series.p50Ms ? row : low), first!);
  return `The lowest ${best.point.provenance} p50 is ${formatMilliseconds(best.series.p50Ms)} ms: ${backendLabel(best.backend)} with ${pointLabel(best)}.`;
}

/** What has to be known of single points, each with the point's name before it. */
function latencyNotes({ backends }: LatencyRecord): string[] {
  return backends.flatMap((backend) =>
    backend.latency.flatMap((point) =>
      point.notes.map((note) => `${latencyRowName({ backend, point })}: ${note}`),
    ),
  );
}

/** Whose clock it was, where it was another machine's. */
function elsewhereSentence(rows: readonly LatencyRow[]): string {
  const places = new Map<string, Set<string>>();
  for (const { backend } of rows) {
    if (backend.timedOn === undefined) continue;
    places.set(backend.timedOn, (places.get(backend.timedOn) ?? new Set()).add(backendLabel(backend)));
  }
  return [...places]
    .map(([place, names]) => `Times of ${[...names].join(' and ')} are of ${place}.`)
    .join(' ');
}

function emulationSentence(rows: readonly LatencyRow[]): string {
  const emulated = rows.some(
    ({ backend, point }) => backend.outputProvenance === 'emulated' && point.provenance !== 'modelled',
  );
  return emulated
    ? 'The time of an emulated backend is the time of the emulation on a CPU and says nothing about a card.'
    : '';
}

function modelSentence(rows: readonly LatencyRow[]): string {
  const cards = new Set(rows.flatMap(({ point }) => point.modelled?.card ?? []));
  return cards.size > 0
    ? `A modelled time is computed from the peaks of the ${[...cards].join(' and ')}, with assumed costs of launches and barriers, and was measured nowhere.`
    : '';
}

function withheldSentence(rows: readonly LatencyRow[]): string {
  const reasons = new Set(rows.flatMap(({ series }) => series.withheld));
  return reasons.size > 0 ? `Withheld: ${[...reasons].join('; ')}.` : '';
}
