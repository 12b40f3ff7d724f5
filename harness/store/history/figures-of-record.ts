import { COCO_METRICS } from '../../../reference/evaluate/index.ts';
import type {
  BackendRecord,
  FigureDifferenceRecord,
  LatencyPoint,
  LatencySeries,
  RunRecord,
} from '../../../reports/record/index.ts';
import { accuracyKey, driftKey, latencyKey, type SeriesKey } from './series-key.ts';

/** Raised whenever this file or the series' keys give other rows for the same record: histories take theirs again. */
export const FIGURES_VERSION = 3;

/** One figure of a run: a tidy row. */
export interface Figure {
  readonly key: SeriesKey;
  readonly metric: string;
  /** Name of a category of the data set; empty for all of them. */
  readonly category: string;
  /** Null where the run has none, as an AP without ground truth. */
  readonly value: number | null;
  /** 95 % interval, where the record has one. */
  readonly interval: readonly [number, number] | null;
  readonly provenance: string;
}

type Row = Omit<Figure, 'key' | 'provenance'>;

/**
 * Every figure of a record that another run could have again. A backend that did not finish all images has no accuracy:
 * it would be that of other images.
 */
export function figuresOfRecord(record: RunRecord): Figure[] {
  const reference = record.backends.find(({ isReference }) => isReference);
  return record.backends.flatMap((backend) => {
    const finished = backend.failure === null && backend.images === record.dataset.images;
    const provenance = backend.outputProvenance;
    const rows: Figure[] = [];
    if (finished) {
      const key = accuracyKey(record, backend);
      rows.push(...accuracyRows(backend).map((row) => ({ key, ...row, provenance })));
    }
    if (finished && reference !== undefined && !backend.isReference) {
      const key = driftKey(record, backend, reference);
      rows.push(...driftRows(backend).map((row) => ({ key, ...row, provenance })));
    }
    return [...rows, ...backend.latency.flatMap((point) => latencyFigures(record, backend, point))];
  });
}

function accuracyRows({ metrics, categories }: BackendRecord): Row[] {
  if (metrics === null) return [];
  return [
    ...COCO_METRICS.map(({ name }) => ({
      ...{ metric: name, category: '', value: metrics[name] ?? null, interval: null },
    })),
    ...categories.flatMap(({ name, ap, ap50 }) => [
      { metric: 'AP', category: name, value: ap, interval: null },
      { metric: 'AP50', category: name, value: ap50, interval: null },
    ]),
  ];
}

function driftRows({ difference, tensorDifference }: BackendRecord): Row[] {
  if (difference === null) return [];
  const all = tensorDifference?.decoded.find(({ group }) => group === 'all')?.metrics.sqnr;
  const { statistics } = difference;
  return [
    ...COCO_METRICS.map(({ name }) => ({
      metric: `drift-${name}`,
      category: '',
      value: difference.metrics[name] ?? null,
      interval: intervalOf(statistics?.metrics[name]),
    })),
    ...difference.categories.map(({ name, categoryId, ap }) => ({
      metric: 'drift-AP',
      category: name,
      value: ap,
      interval: intervalOf(statistics?.categories.find((found) => found.categoryId === categoryId)?.ap),
    })),
    { metric: 'sqnr', category: '', value: all?.median ?? null, interval: null },
  ];
}

function intervalOf(found: FigureDifferenceRecord | null | undefined): Figure['interval'] {
  const { low, high } = found ?? { low: null, high: null };
  return low === null || high === null ? null : [low, high];
}

function latencyFigures(record: RunRecord, backend: BackendRecord, point: LatencyPoint): Figure[] {
  return (['host', 'device'] as const).flatMap((clock) => {
    const times = point[clock];
    if (times === null) return [];
    const key = latencyKey(record, backend, point, clock);
    return latencyRows(times).map((row) => ({ key, ...row, provenance: point.provenance }));
  });
}

function latencyRows(times: LatencySeries): Row[] {
  return (['p50Ms', 'p90Ms', 'p95Ms', 'p99Ms', 'imagesPerSecond'] as const).map((metric) => {
    const interval = metric === 'p50Ms' ? times.p50IntervalMs : null;
    return { metric, category: '', value: times[metric], interval };
  });
}
