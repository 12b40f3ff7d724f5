import { terminalWork } from './work-progress.ts';

/** How a long job tells where it is. Always on stderr, so that stdout stays data. */
export interface Progress {
  /** Starts counting `total` steps of something named in the plural, e.g. `images`. */
  start(label: string, total: number): void;
  advance(): void;
  /** Ends the bar that was started last; safe to call twice. */
  stop(): void;
  /** One line that stays. */
  note(message: string): void;
}

/** Progress that says nothing, for `--quiet` and for library use. */
export const silentProgress: Progress = {
  start() {},
  advance() {},
  stop() {},
  note() {},
};

/** The bar of `terminalWork`, of things counted one by one. */
export function terminalProgress(now?: () => number): Progress {
  const { start, advance, stop, note } = terminalWork(now);
  return {
    start: (label, total) => start(label, { total, done: 0, unit: 'count' }),
    advance: () => advance(1),
    stop,
    note,
  };
}
