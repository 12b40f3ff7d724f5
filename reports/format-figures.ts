/** How figures are written everywhere a person reads them, so that a page and a terminal never differ. */

/** An AP or AR as pycocotools prints it, one digit more: `0.3237`; `–` where there is no ground truth. */
export function formatFigure(value: number | null): string {
  return value === null ? '–' : value.toFixed(4);
}

/** A difference with its sign, `0.0000` without one. */
export function formatDifference(value: number | null): string {
  if (value === null) return '–';
  const text = value.toFixed(4);
  if (Number(text) === 0) return '0.0000';
  return value > 0 ? `+${text}` : `−${text.slice(1)}`;
}

/** The interval of a difference, `−0.0021 … +0.0009`; `–` where there is none. */
export function formatInterval(
  interval: { readonly low: number | null; readonly high: number | null } | null | undefined,
): string {
  if (!interval || interval.low === null || interval.high === null) return '–';
  return `${formatDifference(interval.low)} … ${formatDifference(interval.high)}`;
}

/** A p value: three digits, and never 0, which it cannot be. */
export function formatP(p: number | null): string {
  if (p === null) return '–';
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}

/** Four significant digits; exponent form below 0.001, where zeros would hide them. */
export function formatSmall(value: number | null): string {
  if (value === null) return '–';
  if (value === 0) return '0';
  const text = isShortForm(value) ? value.toPrecision(4) : value.toExponential(2);
  return text.replaceAll('-', '−');
}

const isShortForm = (value: number): boolean => Math.abs(value) >= 1e-3 && Math.abs(value) < 1e5;

/** A bound above 0 as `formatSmall` writes it, rounded up, so that what is printed still holds. */
export function formatUpper(value: number): string {
  const digits = isShortForm(value) ? 4 : 3;
  const step = 10 ** (Math.floor(Math.log10(value)) - digits + 1);
  const text = formatSmall(value);
  return Number(text.replaceAll('−', '-')) < value ? formatSmall(Math.ceil(value / step) * step) : text;
}

/** Two decimals below 10 ms, two digits below 0.1 ms, where decimals would hide them. */
export function formatMilliseconds(value: number | null): string {
  if (value === null) return '–';
  if (value > 0 && value < 0.1) return Number(value.toPrecision(2)).toString();
  return value.toFixed(value < 10 ? 2 : 1);
}

/** Percent of a whole, `0 %` only where it is exactly none. */
export function formatShare(part: number, whole: number): string {
  if (part === 0) return '0 %';
  const percent = (100 * part) / whole;
  return percent < 0.01 ? '< 0.01 %' : `${percent.toFixed(2)} %`;
}

/** `1 thread`, `2 threads`. */
export function formatCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
