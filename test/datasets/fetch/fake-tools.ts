import { onTestFinished } from 'vitest';
import { createHttpClient, type FetchTools } from '../../../datasets/fetch/index.ts';

export interface FakeTools extends FetchTools {
  /** Milliseconds of every wait; none took any time. */
  readonly waits: number[];
  readonly notes: string[];
  /** Rings the alarm that runs, if one does. */
  ring(): void;
  /** Called at every advance with what has come since the last start. */
  onAdvance: (count: number) => void;
  /** Called at every wait. */
  onWait: () => void;
}

/** A real HTTP client without proxies, and a clock that only the test moves. */
export function fakeTools(more: Partial<FetchTools> = {}): FakeTools {
  const http = createHttpClient({});
  onTestFinished(() => http.close());
  const alarms = new Set<() => void>();
  let come = 0;
  const tools: FakeTools = {
    http,
    waits: [],
    notes: [],
    ring() {
      for (const ring of [...alarms]) ring();
    },
    onAdvance: () => undefined,
    onWait: () => undefined,
    timers: {
      now: () => Date.UTC(2026, 0, 1),
      async sleep(milliseconds, signal) {
        signal.throwIfAborted();
        tools.waits.push(milliseconds);
        tools.onWait();
        // Others get their turn, as they would in real time.
        await new Promise((resolve) => setImmediate(resolve));
      },
      alarm(_milliseconds, ring) {
        alarms.add(ring);
        return () => alarms.delete(ring);
      },
    },
    freeBytes: async () => Number.MAX_SAFE_INTEGER,
    observer: {
      start(_label, { done }) {
        come = done;
      },
      advance(count) {
        come += count;
        tools.onAdvance(come);
      },
      stop() {},
      note(message) {
        tools.notes.push(message);
      },
    },
    signal: new AbortController().signal,
    ...more,
  };
  return tools;
}
