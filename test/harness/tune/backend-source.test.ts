import { describe, expect, test } from 'vitest';
import type { BackendFactory } from '../../../harness/backends/backend.ts';
import { BackendError } from '../../../harness/errors.ts';
import { silentProgress } from '../../../harness/terminal/progress.ts';
import { backendSource } from '../../../harness/tune/backend-source.ts';
import { checkOutputs } from '../../../harness/tune/check-outputs.ts';
import { float32Tensor } from '../../../reference/tensor.ts';

const SIGNAL = new AbortController().signal;
const VISIT = { requests: 6, seconds: 60, signal: SIGNAL };

interface Fault {
  /** Added to the first output value of this core number. */
  readonly error?: Record<number, number>;
  readonly opensAtMost?: number;
  readonly threadsAtMost?: number;
}

/** A backend that returns a function of its pixels at once, and counts what is open. */
function fakeFactory({ error = {}, opensAtMost = 1024, threadsAtMost = 1024 }: Fault = {}) {
  const log = { open: 0, mostOpen: 0, opened: [] as number[], batches: new Set<number>() };
  const factory: BackendFactory = {
    name: 'cpu-float',
    async open({ coreNumber, purpose }) {
      expect(purpose).toBe('latency');
      if (coreNumber > opensAtMost) throw new BackendError(`cannot open with ${coreNumber} threads`);
      log.opened.push(coreNumber);
      log.mostOpen = Math.max(log.mostOpen, ++log.open);
      return {
        describe: () => ({
          name: 'cpu-float',
          precision: 'float32',
          engine: 'fake',
          device: 'CPU',
          coreNumber: Math.min(coreNumber, threadsAtMost),
          decoded: false,
          outputProvenance: 'measured',
          latencyProvenance: 'measured',
        }),
        async infer(input) {
          const [batch] = input.shape as [number];
          log.batches.add(batch);
          const perImage = input.data.length / batch;
          const output = new Float32Array(batch * 6);
          for (let i = 0; i < batch; i++) {
            for (let j = 0; j < 6; j++) output[6 * i + j] = input.data[i * perImage + j]! + 1;
          }
          output[0]! += error[coreNumber] ?? 0;
          return { output: float32Tensor(output, [batch, 1, 6], 'NAC') };
        },
        saturation: () => [],
        close: async () => {
          log.open--;
        },
      };
    },
  };
  return { factory, log };
}

const size = { height: 32, width: 32 };
const sourceOf = (factory: BackendFactory, cores: number[], batches = [1]) =>
  backendSource(factory, { cores, batches, size, seed: 1 });

describe('backendSource', () => {
  test('keeps one session open at a time, and that one while the core number stays', async () => {
    const { factory, log } = fakeFactory();
    const source = await sourceOf(factory, [1, 2], [1, 4]);
    expect(source.points).toEqual([
      { coreNumber: 1, batch: 1, contexts: 1 },
      { coreNumber: 1, batch: 4, contexts: 1 },
      { coreNumber: 2, batch: 1, contexts: 1 },
      { coreNumber: 2, batch: 4, contexts: 1 },
    ]);
    for (const point of source.points) {
      const { milliseconds, imagesPerSecond } = await source.measure(point, VISIT);
      expect(milliseconds).toHaveLength(6);
      const total = milliseconds.reduce((sum, ms) => sum + ms, 0);
      expect(imagesPerSecond).toBeCloseTo((point.batch * 6 * 1000) / total, 6);
    }
    expect(log.opened).toEqual([1, 2]);
    expect(log.mostOpen).toBe(1);
    expect([...log.batches]).toEqual([1, 4]);
    await source.close();
    expect(log.open).toBe(0);
  });

  test('a point that ran with other threads than asked for is no point', async () => {
    const { factory, log } = fakeFactory({ threadsAtMost: 2 });
    const source = await sourceOf(factory, [2, 4]);
    await expect(source.measure(source.points[1]!, VISIT)).rejects.toThrow(
      '4 threads were asked for, the engine ran with 2',
    );
    expect(log.open).toBe(0);
  });

  test('opens at the first core number that works; where none does, it says why', async () => {
    const source = await sourceOf(fakeFactory({ opensAtMost: 2 }).factory, [4, 2]);
    expect(source.describe()).toMatchObject({ backend: 'cpu-float', device: 'CPU', exact: false });
    await expect(sourceOf(fakeFactory({ opensAtMost: 2 }).factory, [4, 8])).rejects.toThrow(
      'cannot open with 4 threads',
    );
  });

  test('an abort ends a visit', async () => {
    const source = await sourceOf(fakeFactory().factory, [1]);
    const aborted = AbortSignal.abort();
    await expect(source.measure(source.points[0]!, { ...VISIT, signal: aborted })).rejects.toThrow();
  });
});

describe('checkOutputs', () => {
  const check = async (fault: Fault, batches = [1]) => {
    const source = await sourceOf(fakeFactory(fault).factory, [1, 2, 4], batches);
    return checkOutputs(source, SIGNAL, silentProgress);
  };

  test('equal to the bit over core numbers and batch sizes', async () => {
    const checks = await check({}, [1, 2]);
    expect(checks).toHaveLength(6);
    for (const entry of checks) expect(entry).toMatchObject({ outcome: 'equal', maxAbs: 0, reason: null });
  });

  test('says by how much sums in another order differ', async () => {
    const [one, two] = await check({ error: { 2: 1e-3 } });
    expect(one!.outcome).toBe('equal');
    expect(two).toMatchObject({ coreNumber: 2, outcome: 'close', reason: null });
    expect(two!.maxAbs).toBeCloseTo(1e-3, 4);
    expect(two!.sqnr).toBeGreaterThan(90);
  });

  test('names another answer, NaN and a failure, with the reason', async () => {
    const [, two, four] = await check({ error: { 2: 50 }, opensAtMost: 2 });
    expect(two).toMatchObject({ outcome: 'other' });
    expect(two!.reason).toMatch(
      /^its output is \d+\.\d dB from the output with core number 1 and batch 1, and at most 50\.0 apart: 50 dB are needed, and 0\.05 · \(1 \+ \|expected\|\) is allowed$/,
    );
    expect(four).toMatchObject({ outcome: 'failed', reason: 'cannot open with 4 threads' });
    const [, nan] = await check({ error: { 2: Number.NaN } });
    expect(nan!.reason).toContain('NaN or Infinity');
  });
});
