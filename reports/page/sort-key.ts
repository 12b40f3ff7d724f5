/** What a cell of a table is sorted by: its first number, its words, or nothing, which comes last either way. */
export type SortKey = number | string | null;

/** Reads a cell as the report writes it: `−0.0021`, `12.50 %`, `< 0.001`, `−0.0053 … +0.0042`; `–` is nothing. */
export function sortKey(text: string): SortKey {
  const cell = text.trim();
  if (cell === '' || cell === '–') return null;
  const number = /^[<≤]?\s*([+−-]?)(\d[\d,]*(?:\.\d+)?(?:e[+−-]?\d+)?)(?![\w-])/.exec(cell);
  if (number === null) return cell.toLowerCase();
  const [, sign = '', digits = ''] = number;
  const value = Number(digits.replaceAll(',', '').replace('−', '-'));
  // What is below a bound comes before the bound itself.
  const bounded = /^[<≤]/.test(cell) ? value - Number.EPSILON : value;
  return sign === '−' || sign === '-' ? -bounded : bounded;
}

/** Order of two keys, the smaller first; numbers before words, and nothing last whichever way round. */
export function compareKeys(a: SortKey, b: SortKey, direction: 1 | -1): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  if (typeof a === 'number' && typeof b === 'number') return direction * (a - b);
  if (typeof a === 'string' && typeof b === 'string') return direction * a.localeCompare(b, 'en');
  return typeof a === 'number' ? -1 : 1;
}
