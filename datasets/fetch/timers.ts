import { setTimeout as sleep } from 'node:timers/promises';

/** Time as fetching needs it: what it is, waits and alarms. */
export interface Timers {
  /** Milliseconds since 1970. */
  now(): number;
  /** @throws AbortError when the signal ends it */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** Rings once after so long; answers with how to call it off. */
  alarm(milliseconds: number, ring: () => void): () => void;
}

export const systemTimers: Timers = {
  now: () => Date.now(),
  sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
  alarm(milliseconds, ring) {
    const timer = setTimeout(ring, milliseconds);
    return () => clearTimeout(timer);
  },
};
