import {
  formatDifference,
  formatFigure,
  formatMilliseconds,
  formatSmall,
} from '../../reports/format-figures.ts';
import type { HistoryMetric } from '../store/history/index.ts';

/** A figure in its unit: `0.3231`, `6.52 ms`. */
export function formatValue(value: number | null, { unit, kind }: HistoryMetric): string {
  if (value === null) return '–';
  if (kind === 'drift' && unit === 'fraction') return formatDifference(value);
  if (unit === 'fraction') return formatFigure(value);
  if (unit === 'ms') return `${formatMilliseconds(value)} ms`;
  return `${value.toFixed(1)} ${unit}`;
}

/** A difference with its sign, with as many digits as it takes not to be 0. */
export function formatChange(value: number, metric: HistoryMetric): string {
  const sign = value > 0 ? '+' : value < 0 ? '−' : '';
  const size = Math.abs(value);
  if (metric.unit === 'fraction' && size >= 5e-5) return formatDifference(value);
  return `${sign}${formatSmall(size)}${metric.unit === 'fraction' ? '' : ` ${metric.unit}`}`;
}
