import { Bench } from 'tinybench';

export interface LatencyOptions {
  /** Timed inferences to take. */
  readonly samples: number;
  /** Bound on the time of all of them, in seconds; fewer samples are taken where it would be passed. */
  readonly seconds: number;
  readonly signal?: AbortSignal;
}

/** Every sample of one point, in milliseconds and in the order they were taken. */
export interface LatencySamples {
  /** Inferences before the first timed one; they hold the first run's allocations and are never counted. */
  readonly warmUp: readonly number[];
  readonly host: readonly number[];
  /** Time on the device itself, copies apart; null where the backend does not tell it. */
  readonly device: readonly number[] | null;
}

/** Fewer samples than this say nothing; a slow backend passes its time bound to reach them. */
export const MINIMUM_SAMPLES = 5;

const MINIMUM_WARM_UP = 3;
const WARM_UP_SHARE = 0.1;

/**
 * Times one inference again and again. The warm-up is at least three inferences and a tenth of the time bound or of the
 * samples, whichever is reached first; its last half estimates how many samples the bound has room for.
 *
 * @param infer one inference; what it returns as device time is kept beside the host time.
 */
export async function measureLatency(
  infer: () => Promise<{ deviceMilliseconds?: number }>,
  options: LatencyOptions,
): Promise<LatencySamples> {
  const warmUp = await warmUpSamples(infer, options);
  const steady = warmUp.slice(Math.floor(warmUp.length / 2));
  const estimate = steady.reduce((sum, value) => sum + value, 0) / steady.length;
  const affordable = Math.floor((options.seconds * 1000) / estimate);
  const iterations = Math.min(options.samples, Math.max(MINIMUM_SAMPLES, affordable));

  const device: number[] = [];
  const bench = new Bench({
    iterations,
    time: 0,
    warmup: false,
    retainSamples: true,
    throws: true,
    // tinybench never takes its listeners off again: it gets a signal of its own, which ends with it.
    ...(options.signal ? { signal: AbortSignal.any([options.signal]) } : {}),
  });
  // tinybench sorts the samples it keeps; the order they came in is kept by timing the call here, off its statistics.
  const host: number[] = [];
  bench.add('inference', async () => {
    const start = performance.now();
    const { deviceMilliseconds } = await infer();
    const elapsed = performance.now() - start;
    host.push(elapsed);
    if (deviceMilliseconds !== undefined) device.push(deviceMilliseconds);
    return { overriddenDuration: elapsed };
  });
  await bench.run();
  return { warmUp, host, device: device.length === host.length ? device : null };
}

async function warmUpSamples(infer: () => Promise<unknown>, options: LatencyOptions): Promise<number[]> {
  const samples: number[] = [];
  const begin = performance.now();
  const enough = Math.max(MINIMUM_WARM_UP, Math.ceil(options.samples * WARM_UP_SHARE));
  while (
    samples.length < MINIMUM_WARM_UP ||
    (samples.length < enough && performance.now() - begin < options.seconds * 1000 * WARM_UP_SHARE)
  ) {
    options.signal?.throwIfAborted();
    const start = performance.now();
    await infer();
    samples.push(performance.now() - start);
  }
  return samples;
}
