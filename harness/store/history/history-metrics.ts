import { COCO_METRICS } from '../../../reference/evaluate/index.ts';
import { UsageError } from '../../errors.ts';
import type { SeriesKind } from './series-key.ts';

/** A figure that a history keeps. */
export interface HistoryMetric {
  readonly name: string;
  readonly kind: SeriesKind;
  readonly unit: 'fraction' | 'dB' | 'ms' | 'images/s';
  readonly direction: 'higher-is-better' | 'lower-is-better';
}

const HIGHER = { direction: 'higher-is-better' } as const;

/** In the order in which they are listed. */
export const HISTORY_METRICS: readonly HistoryMetric[] = [
  ...COCO_METRICS.map(({ name, unit, direction }) => ({ name, kind: 'accuracy' as const, unit, direction })),
  ...COCO_METRICS.map(({ name, unit }) => ({
    name: `drift-${name}`,
    kind: 'drift' as const,
    unit,
    ...HIGHER,
  })),
  { name: 'sqnr', kind: 'drift', unit: 'dB', ...HIGHER },
  ...['p50Ms', 'p90Ms', 'p95Ms', 'p99Ms'].map((name) => {
    return { name, kind: 'latency', unit: 'ms', direction: 'lower-is-better' } as const;
  }),
  { name: 'imagesPerSecond', kind: 'latency', unit: 'images/s', ...HIGHER },
];

/**
 * Reads `AP` or, of one category, `AP/dog`.
 * @throws UsageError for a metric that no history has, or a slash without a category behind it.
 */
export function parseMetric(text: string): { metric: HistoryMetric; category: string } {
  const [name, ...rest] = text.split('/');
  const metric = HISTORY_METRICS.find((known) => known.name === name);
  if (metric === undefined) {
    throw new UsageError(
      `a history has no metric ${JSON.stringify(name)}: give one of ${HISTORY_METRICS.map((known) => known.name).join(', ')}, or AP/dog for one category`,
    );
  }
  const category = rest.join('/');
  if (category !== '' || rest.length === 0) return { metric, category };
  throw new UsageError(
    `${JSON.stringify(text)} names no category: give it after the slash, ${name}/dog, or ${name} alone for all of them`,
  );
}
