import type { HttpClient } from './http-client.ts';
import type { Timers } from './timers.ts';

/** What fetching touches of the world, so that a test can put its own in. */
export interface FetchTools {
  readonly http: HttpClient;
  readonly timers: Timers;
  /** Bytes that this user can still write in a folder. */
  readonly freeBytes: (folder: string) => Promise<number>;
  readonly observer: FetchObserver;
  /** Ends everything; what has arrived is kept. */
  readonly signal: AbortSignal;
}

/** Told how far things are. */
export interface FetchObserver {
  /** A stretch of work; `total` is undefined where the server does not say. */
  start(
    label: string,
    work: { readonly total?: number; readonly done: number; readonly unit: WorkUnit },
  ): void;
  advance(count: number): void;
  stop(): void;
  /** One line that stays. */
  note(message: string): void;
}

/** Bytes, or a number of things as it is. */
export type WorkUnit = 'bytes' | 'count';
