import { existsSync, readFileSync } from 'node:fs';

export interface CnrtTrace {
  /** In the order in which they returned, `cnrtInit` and so on. */
  readonly calls: readonly CnrtCall[];
  readonly misuses: readonly string[];
  readonly leaks: readonly string[];
  /** As MLU_STAND_IN_FAULT asked for them. */
  readonly faults: readonly string[];
}

export interface CnrtCall {
  readonly name: string;
  readonly code: number;
  readonly thread: number;
  /** Microseconds, of a monotonic clock. */
  readonly returnedAt: number;
}

/** What the stand-in libcnrt wrote to MLU_STAND_IN_TRACE. */
export function readCnrtTrace(path: string): CnrtTrace {
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  const after = (word: string): string[] =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  return {
    calls: after('call').map((line) => {
      const [name, code, , thread, , returnedAt] = line.split(' ');
      return { name: name!, code: Number(code), thread: Number(thread), returnedAt: Number(returnedAt) };
    }),
    misuses: after('misuse'),
    leaks: after('leak'),
    faults: after('fault'),
  };
}
