import type { Tensor } from '../../reference/tensor.ts';
import type { LatencyPoint } from '../../reports/record/index.ts';
import type { BackendFactory } from '../backends/backend.ts';
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

/**
 * Times each backend at each core number on one real input. One session is open at a time: the threads of an idle one
 * would disturb the others.
 * @param keep called with each point as soon as it is there.
 */
export async function latencyPass(
  factories: readonly BackendFactory[],
  input: Tensor,
  options: LatencyPassOptions,
  keep: (backend: string, point: LatencyPoint) => void,
): Promise<void> {
  const { cores, samples, seconds, progress, signal } = options;
  progress.start('latency points', factories.length * cores.length);
  try {
    for (const factory of factories) {
      for (const coreNumber of cores) {
        const backend = await factory.open({ coreNumber, purpose: 'latency' });
        try {
          const measured = await measureLatency(() => backend.infer(input), { samples, seconds, signal });
          signal.throwIfAborted();
          keep(factory.name, latencyPoint(backend.describe(), coreNumber, input.shape[0]!, measured));
        } finally {
          await backend.close();
        }
        progress.advance();
      }
    }
  } finally {
    progress.stop();
  }
}
