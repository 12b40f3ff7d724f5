import type { Progress } from '../terminal/progress.ts';

export interface RunTools {
  readonly progress: Progress;
  /** Aborted by Ctrl-C: the run ends after the inference under way and keeps what it has. */
  readonly signal: AbortSignal;
  /** What was odd before it began, as a busy machine; for the record. */
  readonly warnings?: readonly string[];
  readonly now: () => Date;
}
