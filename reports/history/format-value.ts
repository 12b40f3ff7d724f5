import { formatDifference, formatFigure, formatMilliseconds, formatSmall } from '../format-figures.ts';

/** What it takes to write a figure of a history. */
export interface FigureUnit {
  readonly kind: 'accuracy' | 'drift' | 'latency';
  readonly unit: 'fraction' | 'dB' | 'ms' | 'images/s';
}

/** A figure in its unit: `0.3231`, `6.52 ms`. */
export function formatValue(value: number | null, { unit, kind }: FigureUnit): string {
  if (value === null) return '–';
  if (kind === 'drift' && unit === 'fraction') return formatDifference(value);
  if (unit === 'fraction') return formatFigure(value);
  if (unit === 'ms') return `${formatMilliseconds(value)} ms`;
  return `${value.toFixed(1)} ${unit}`;
}

/** A difference with its sign, with as many digits as it takes not to be 0. */
export function formatChange(value: number, { unit }: FigureUnit): string {
  const sign = value > 0 ? '+' : value < 0 ? '−' : '';
  const size = Math.abs(value);
  if (unit === 'fraction' && size >= 5e-5) return formatDifference(value);
  return `${sign}${formatSmall(size)}${unit === 'fraction' ? '' : ` ${unit}`}`;
}
