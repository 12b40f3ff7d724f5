import { EXIT } from '../errors.ts';

const INTERRUPTS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Ctrl-C once ends a long job with what it has, and so does a terminal that closes; a second one ends the process. */
export function interruptSignal(): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const onInterrupt = (): void => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    process.stderr.write('\nmlu-parity: stopping; Ctrl-C again to end at once\n');
    controller.abort();
  };
  for (const signal of INTERRUPTS) process.on(signal, onInterrupt);
  return {
    signal: controller.signal,
    release: () => {
      for (const signal of INTERRUPTS) process.off(signal, onInterrupt);
    },
  };
}
