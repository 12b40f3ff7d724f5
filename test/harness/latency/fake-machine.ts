import type { Backend, BackendDescription, BackendFactory } from '../../../harness/backends/backend.ts';
import { BackendError } from '../../../harness/errors.ts';
import type { Clock } from '../../../harness/latency/clock.ts';
import {
  type LatencyResults,
  latencySweep,
  type SweepOptions,
} from '../../../harness/latency/latency-sweep.ts';
import { silentProgress } from '../../../harness/terminal/progress.ts';
import { float32Tensor, type Tensor } from '../../../reference/tensor.ts';
import type { LatencyPoint } from '../../../reports/record/index.ts';

/** A machine whose time is a number: it passes only while something is opened or inferred. */
export class FakeMachine implements Clock {
  nowMs = 0;
  /** Everything that took time, in order: `open cpu 2`, `infer cpu 2 x4`, `close cpu 2`. */
  readonly log: string[] = [];
  openSessions = 0;
  mostOpenSessions = 0;

  now(): number {
    return this.nowMs;
  }
}

export interface FakeBackendOptions {
  readonly openMs?: number;
  /** Host time of one inference; `call` counts from 0 in each session, `at` is the time it begins. */
  readonly inferMs?: (at: { call: number; cores: number; batch: number; nowMs: number }) => number;
  readonly deviceMs?: (at: { call: number; cores: number; batch: number }) => number;
  /** Changes the output in place. */
  readonly spoil?: (output: Float32Array, at: { call: number; cores: number; batch: number }) => unknown;
  /** Sees each input. */
  readonly onInput?: (input: Tensor) => unknown;
  readonly failsAt?: (at: { call: number; cores: number; batch: number; purpose: string }) => boolean;
  readonly description?: Partial<BackendDescription>;
}

const LENGTH = 12;

/** A backend whose output is the sum of each image's pixels, and whose time passes on the machine. */
export function fakeBackend(
  name: string,
  machine: FakeMachine,
  options: FakeBackendOptions = {},
): BackendFactory {
  return {
    name,
    async open({ coreNumber: cores, purpose }): Promise<Backend> {
      machine.log.push(`open ${name} ${cores}`);
      machine.nowMs += options.openMs ?? 0;
      machine.mostOpenSessions = Math.max(machine.mostOpenSessions, ++machine.openSessions);
      let call = 0;
      return {
        describe: () => ({
          ...{ name, precision: 'float32', engine: 'fake', device: 'CPU', coreNumber: cores, decoded: false },
          ...{ outputProvenance: 'measured', latencyProvenance: 'measured' },
          ...options.description,
        }),
        async infer(input) {
          options.onInput?.(input);
          const {
            data,
            shape: [batch],
          } = input;
          const at = { call: call++, cores, batch: batch! };
          if (options.failsAt?.({ ...at, purpose })) throw new BackendError('device lost');
          machine.log.push(`infer ${name} ${cores} x${batch}`);
          machine.nowMs += options.inferMs?.({ ...at, nowMs: machine.nowMs }) ?? 1;
          const perImage = data.length / batch!;
          const output = new Float32Array(batch! * LENGTH);
          for (let image = 0; image < batch!; image++) {
            const pixels = data.subarray(image * perImage, (image + 1) * perImage);
            output.fill(
              pixels.reduce((sum, value) => sum + value, 0),
              image * LENGTH,
              (image + 1) * LENGTH,
            );
          }
          if (purpose === 'latency') options.spoil?.(output, at);
          return {
            output: float32Tensor(output, [batch!, 2, LENGTH / 2], 'NAC'),
            ...(options.deviceMs ? { deviceMilliseconds: options.deviceMs(at) } : {}),
          };
        },
        saturation: () => [],
        async close() {
          machine.log.push(`close ${name} ${cores}`);
          machine.openSessions--;
        },
      };
    },
  };
}

export const IMAGES: Tensor[] = [1, 2, 3].map((level) =>
  float32Tensor(new Float32Array(3 * 32 * 32).fill(level / 256), [1, 3, 32, 32], 'NCHW'),
);

export interface SweepOutcome {
  readonly points: Map<string, LatencyPoint[]>;
  readonly failures: string[];
  readonly warnings: string[];
}

/** A sweep on the machine's own time, its results collected; what it throws is kept too. */
export async function sweepOn(
  machine: FakeMachine,
  factories: readonly BackendFactory[],
  { cores = [1], ...options }: Partial<SweepOptions> & { readonly cores?: readonly number[] } = {},
): Promise<SweepOutcome & { thrown: unknown }> {
  const outcome: SweepOutcome = { points: new Map(), failures: [], warnings: [] };
  const results: LatencyResults = {
    keep: ({ name }, point) => {
      outcome.points.set(name, [...(outcome.points.get(name) ?? []), point]);
    },
    failed: (_, reason) => outcome.failures.push(reason),
    warn: (sentence) => outcome.warnings.push(sentence),
  };
  const all: SweepOptions = {
    ...{ batches: [1], samples: 100, seconds: 1000, seed: 1 },
    floorMs: () => null,
    progress: silentProgress,
    signal: new AbortController().signal,
    clock: machine,
    ...options,
  };
  const targets = factories.map((factory) => ({ factory, cores, scoredCoreNumber: 1 }));
  const [settled] = await Promise.allSettled([latencySweep(targets, IMAGES, all, results)]);
  return { ...outcome, thrown: settled.status === 'rejected' ? settled.reason : null };
}
