import { Bench } from 'tinybench';
import type { Tensor } from '../../reference/tensor.ts';
import type { Backend } from '../backends/backend.ts';
import type { Clock } from './clock.ts';

/** One timed inference, in ms. */
export interface Timed {
  /** As this host took it, or the device's own. */
  readonly host: number;
  /** Time on the device itself, copies apart, where the backend tells it. */
  readonly device: number | undefined;
}

export interface TimingOptions {
  readonly count: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Looks at each output between the inferences, off the clock. */
  readonly onOutput?: (output: Tensor) => void;
}

/**
 * Times one inference after the other.
 * @param series takes each as it comes, so that nothing is lost when one fails.
 * @throws what the backend throws; ends early, without an error, once the signal is given.
 */
export async function timeInferences(
  backend: Backend,
  input: Tensor,
  series: Timed[],
  { count, clock, signal, onOutput }: TimingOptions,
): Promise<void> {
  const bench = new Bench({
    iterations: count,
    time: 0,
    warmup: false,
    throws: true,
    now: () => clock.now(),
    // tinybench never takes its listeners off again: it gets a signal of its own, which ends with it.
    signal: AbortSignal.any([signal]),
  });
  let output: Tensor | undefined;
  // tinybench sorts the samples that it keeps, and the warm-up is in their order: so they are kept here.
  const inference = async () => {
    output = undefined;
    const start = clock.now();
    const inferred = await backend.infer(input);
    const host = inferred.hostMilliseconds ?? clock.now() - start;
    output = inferred.output;
    series.push({ host, device: inferred.deviceMilliseconds });
    return { overriddenDuration: host };
  };
  bench.add('inference', inference, {
    async: true,
    // Called for an inference that failed, too.
    afterEach: () => {
      if (output) onOutput?.(output);
    },
  });
  await bench.run();
}
