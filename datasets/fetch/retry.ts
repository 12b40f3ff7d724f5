/** Attempts in a row that bring nothing before an address is given up. */
export const MAX_FAILURES = 5;

/** Longer than this nobody waits for a server that asks for it. */
export const MAX_WAIT_MS = 600_000;

/** 1, 2, 4, 8 seconds after the first, second … failure in a row. */
export const backoffMs = (failures: number): number => 1000 * 2 ** (failures - 1);

/**
 * Milliseconds that a `Retry-After` header asks for, as seconds or as a date (RFC 9110, 10.2.3); 0 where there is none or
 * it makes no sense.
 */
export function retryAfterMs(header: string | undefined, now: number): number {
  if (header === undefined) return 0;
  const text = header.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? 0 : Math.max(0, date - now);
}
