import { Presets, SingleBar } from 'cli-progress';

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

/** A bar with rate and time left on a terminal; a line every ten seconds where stderr is a file or a pipe. */
export function terminalProgress(): Progress {
  let bar: SingleBar | null = null;
  let startedAt = 0;
  let done = 0;
  return {
    start(label, total) {
      bar?.stop();
      startedAt = performance.now();
      done = 0;
      bar = new SingleBar(
        {
          format: `${label} {bar} {value}/{total} · {rate}/s · {eta_formatted} left`,
          stream: process.stderr,
          noTTYOutput: true,
          notTTYSchedule: 10_000,
          hideCursor: true,
          etaBuffer: 50,
          fps: 5,
        },
        Presets.rect,
      );
      bar.start(total, 0, { rate: '–' });
    },
    advance() {
      done++;
      const seconds = (performance.now() - startedAt) / 1000;
      bar?.increment(1, { rate: (done / seconds).toFixed(1) });
    },
    stop() {
      bar?.stop();
      bar = null;
    },
    note(message) {
      process.stderr.write(`${message}\n`);
    },
  };
}
