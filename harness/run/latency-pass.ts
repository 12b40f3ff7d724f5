import type { Tensor } from '../../reference/tensor.ts';
import type { LatencyPoint } from '../../reports/record/index.ts';
import type { BackendFactory } from '../backends/backend.ts';
import { BackendError } from '../errors.ts';
import { latencyPoint } from '../latency/latency-point.ts';
import { measureLatency } from '../latency/measure-latency.ts';
import type { Progress } from '../terminal/progress.ts';

export interface LatencyPassOptions {
  readonly cores: readonly number[];
  readonly samples: number;
  readonly seconds: number;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export interface LatencyResults {
  /** Called with each point as soon as it is there. */
  keep(backend: string, point: LatencyPoint): void;
  /** Called with the sentence when a backend fails; its other points are left out. */
  failed(backend: string, reason: string): void;
}

/**
 * Times each backend at each core number on one real input. One session is open at a time: the threads of an idle one
 * would disturb the others. A backend that fails does not keep the others from being timed.
 */
export async function latencyPass(
  factories: readonly BackendFactory[],
  input: Tensor,
  options: LatencyPassOptions,
  results: LatencyResults,
): Promise<void> {
  const { cores, progress } = options;
  progress.start('latency points', factories.length * cores.length);
  try {
    for (const factory of factories) {
      try {
        for (const coreNumber of cores) {
          results.keep(factory.name, await timeAt(factory, coreNumber, input, options));
          progress.advance();
        }
      } catch (error) {
        if (!(error instanceof BackendError)) throw error;
        results.failed(
          factory.name,
          `the backend ${factory.name} failed while it was timed: ${error.message}`,
        );
      }
    }
  } finally {
    progress.stop();
  }
}

async function timeAt(
  factory: BackendFactory,
  coreNumber: number,
  input: Tensor,
  { samples, seconds, signal }: LatencyPassOptions,
): Promise<LatencyPoint> {
  const backend = await factory.open({ coreNumber, purpose: 'latency' });
  try {
    const measured = await measureLatency(() => backend.infer(input), { samples, seconds, signal });
    signal.throwIfAborted();
    return latencyPoint(backend.describe(), coreNumber, input.shape[0]!, measured);
  } finally {
    await backend.close();
  }
}
