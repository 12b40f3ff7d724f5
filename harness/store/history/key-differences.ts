/** One place where two keys differ: `thresholds.conf`, and what stands there. */
export interface KeyDifference {
  readonly path: string;
  readonly from: unknown;
  readonly to: unknown;
}

/** Where two plain JSON values differ, in the order of their keys; `null` where one has nothing. */
export function keyDifferences(from: unknown, to: unknown, path = ''): KeyDifference[] {
  if (isObject(from) && isObject(to)) {
    return [...new Set([...Object.keys(from), ...Object.keys(to)])].flatMap((key) =>
      keyDifferences(from[key] ?? null, to[key] ?? null, path === '' ? key : `${path}.${key}`),
    );
  }
  return JSON.stringify(from) === JSON.stringify(to) ? [] : [{ path, from, to }];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
