import { Presets, SingleBar } from 'cli-progress';
// Not by the folder's index: every command with a bar would load the libraries of fetching.
import { formatBytes } from '../../datasets/fetch/format-bytes.ts';
import type { FetchObserver } from '../../datasets/fetch/index.ts';

/** Work that says nothing, for `--quiet`. */
export const silentWork: FetchObserver = { start() {}, advance() {}, stop() {}, note() {} };

/**
 * A bar with amount, rate and time left, in bytes or things counted, on stderr; a line every ten seconds where that is a file or a
 * pipe. The rate is that of this call alone: what an earlier one brought counts as done, not as fast.
 */
export function terminalWork(now: () => number = () => performance.now()): FetchObserver {
  let bar: SingleBar | null = null;
  let advance = (_count: number): void => undefined;
  return {
    start(label, { total, done, unit }) {
      bar?.stop();
      const startedAt = now();
      let at = done;
      const shown = (count: number): string => (unit === 'bytes' ? formatBytes(count) : String(count));
      const figures = () => {
        const rate = (at - done) / Math.max((now() - startedAt) / 1000, 1e-3);
        return {
          done: shown(at),
          rate: unit === 'bytes' ? `${formatBytes(Math.round(rate))}/s` : `${rate.toFixed(1)}/s`,
          left: total !== undefined && rate > 0 ? formatSeconds((total - at) / rate) : '–',
        };
      };
      const known = total !== undefined;
      bar = new SingleBar(
        {
          format: known
            ? `${label} {bar} {done}/${shown(total)} · {rate} · {left} left`
            : `${label} {done} · {rate}`,
          stream: process.stderr,
          noTTYOutput: true,
          notTTYSchedule: 10_000,
          hideCursor: true,
          fps: 5,
        },
        Presets.rect,
      );
      bar.start(total ?? 1, known ? at : 0, figures());
      advance = (count) => {
        at += count;
        bar?.update(known ? at : 0, figures());
      };
    },
    advance: (count) => advance(count),
    stop() {
      bar?.stop();
      bar = null;
    },
    note(message) {
      process.stderr.write(`${message}\n`);
    },
  };
}

function formatSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 100) return `${whole} s`;
  const minutes = Math.round(whole / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
