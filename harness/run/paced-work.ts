import { setImmediate } from 'node:timers/promises';
import type { Progress } from '../terminal/progress.ts';

/** Work of less needs no bar. */
const QUIET_MS = 1000;

export interface PaceTools {
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly now: () => Date;
}

/**
 * Parts of a computation that keeps the process busy: between two of them Ctrl-C is heard, and after the first second a bar
 * says how many are done.
 */
export class PacedWork {
  readonly #label: string;
  readonly #total: number;
  readonly #tools: PaceTools;
  readonly #startedAt: number;
  #done = 0;
  #shown = false;

  constructor(label: string, total: number, tools: PaceTools) {
    this.#label = label;
    this.#total = total;
    this.#tools = tools;
    this.#startedAt = tools.now().getTime();
  }

  /** @throws AbortError when the signal was given before the part, which is not begun then. */
  async part<T>(work: () => T): Promise<T> {
    await setImmediate();
    this.#tools.signal.throwIfAborted();
    const result = work();
    this.#done++;
    this.#show();
    return result;
  }

  end(): void {
    if (this.#shown) this.#tools.progress.stop();
  }

  #show(): void {
    const { progress, now } = this.#tools;
    if (this.#shown) {
      progress.advance();
    } else if (this.#done < this.#total && now().getTime() - this.#startedAt > QUIET_MS) {
      this.#shown = true;
      progress.start(this.#label, this.#total);
      for (let i = 0; i < this.#done; i++) progress.advance();
    }
  }
}
