import { silentProgress } from '../../harness/terminal/progress.ts';
import { tune } from '../../harness/tune/tune.ts';
import { type TunePoint, tunePoints } from '../../harness/tune/tune-source.ts';
import { createRandom } from '../../reference/random.ts';
import type { Objective } from '../../reference/tune/index.ts';
import type { TuneResult } from '../../reports/index.ts';
import { type DeviceLaw, lawDevice } from '../harness/tune/law-device.ts';

export const MADE_UP_LAW: DeviceLaw = {
  oneCoreMs: 20,
  waiting: 0.05,
  crosstalk: 0.01,
  fixedShare: 0.3,
  contention: 0.05,
  noise: 0.03,
  noisePerDoubling: 0,
  stallShare: 0.01,
  stallFactor: 10,
  drift: 0.1,
  driftSeconds: 5,
};

export interface MadeUpTuning {
  readonly law?: Partial<DeviceLaw>;
  readonly objective?: Objective;
  readonly p99LimitMs?: number;
  readonly points?: readonly TunePoint[];
  readonly maxSeconds?: number;
}

/** The result of tuning a made-up card of 16 cores, on a clock of its own. */
export function madeUpTuning({
  law = {},
  objective = 'p50',
  p99LimitMs,
  points = tunePoints([1, 2, 4, 8, 16], [1, 2], (cores) => (cores === 16 ? [1] : [1, 16 / cores])),
  maxSeconds = 600,
}: MadeUpTuning = {}): Promise<TuneResult> {
  const { source, clock } = lawDevice({ ...MADE_UP_LAW, ...law }, points, createRandom(12));
  return tune(source, {
    objective,
    p99LimitMs: p99LimitMs ?? null,
    margin: 0.01,
    maxSeconds,
    seed: 3,
    network: { file: 'yolox_s.pth', sha256: 'ab', height: 640, width: 640 },
    warnings: [],
    clock,
    signal: new AbortController().signal,
    progress: silentProgress,
  });
}
