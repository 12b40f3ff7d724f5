import { describe, expect, test } from 'vitest';
import { BackendError } from '../../../harness/errors.ts';
import { silentProgress } from '../../../harness/terminal/progress.ts';
import { modelledSource } from '../../../harness/tune/modelled-source.ts';
import { tune } from '../../../harness/tune/tune.ts';
import { tunePoints } from '../../../harness/tune/tune-source.ts';
import { predictTime } from '../../../reference/statistics/index.ts';
import { tunePointsTable, tuneResultSchema } from '../../../reports/index.ts';
import { MADE_UP_LAW, madeUpTuning } from '../../support/made-up-tuning.ts';
import { trueMedian, trueThroughput } from './law-device.ts';

describe('the result of a tuning', () => {
  test('is JSON of its schema, nothing lost', async () => {
    const result = await madeUpTuning();
    const read = tuneResultSchema.parse(JSON.parse(JSON.stringify(result)));
    expect(read).toEqual(result);
    expect(result).toMatchObject({
      status: 'chosen',
      verdict: { exitCode: 0 },
      runnerUp: expect.any(Number),
    });
  });

  test('figures made comparable are the true ones, up to the drift they all share, and so is the front', async () => {
    const { points, comparedWith } = await madeUpTuning({ objective: 'throughput' });
    const reference = points[comparedWith!]!;
    for (const point of points) {
      const ratio = point.comparable!.p50Ms / reference.comparable!.p50Ms;
      expect(
        Math.abs(ratio / (trueMedian(MADE_UP_LAW, point) / trueMedian(MADE_UP_LAW, reference)) - 1),
      ).toBeLessThan(0.08);
      const throughput = point.comparable!.imagesPerSecond / reference.comparable!.imagesPerSecond;
      const truth = trueThroughput(MADE_UP_LAW, point) / trueThroughput(MADE_UP_LAW, reference);
      expect(Math.abs(throughput / truth - 1)).toBeLessThan(0.08);
    }
    expect(points.filter(({ onFront }) => onFront).length).toBeGreaterThanOrEqual(2);
    expect(points.find(({ state }) => state === 'chosen')!.onFront).toBe(true);
  });

  test('the law of one context is found again, apart from what contexts cost each other', async () => {
    const { laws } = await madeUpTuning({ law: { noise: 0.005, stallShare: 0, drift: 0 } });
    const found = laws.find((law) => law.law === 'universal' && law.batch === 1 && law.contexts === 'one')!;
    for (const cores of [1, 2, 4, 8, 16, 12]) {
      const point = { coreNumber: cores, batch: 1, contexts: 1 };
      const predicted = predictTime({ ...found, t1: found.t1Ms }, cores);
      expect(Math.abs(predicted / trueMedian(MADE_UP_LAW, point) - 1)).toBeLessThan(0.05);
    }
    expect(found.heldOutRms).toBeLessThan(0.05);
    const filled = laws.find((law) => law.law === 'universal' && law.batch === 1 && law.contexts === 'fill')!;
    expect(filled.t1Ms).toBeGreaterThan(1.3 * found.t1Ms);
  });

  test('stalls and drift are said, not hidden', async () => {
    const result = await madeUpTuning({
      objective: 'p99',
      law: { drift: 0.3, driftSeconds: 20, stallShare: 0.018 },
    });
    const chosen = result.points.find(({ state }) => state === 'chosen')!;
    expect(chosen.stalls).toBeGreaterThan(0);
    expect(chosen.p99WithStallsMs).toBeGreaterThan(1.2 * chosen.p99Ms!);
    expect(result.warnings.join()).toMatch(
      /% of the requests of .* are set aside as stalls; counted, its p99 is [\d.]+ ms/,
    );
    expect(result.drift).toBeGreaterThan(0.05);
  });

  test('a limit kept only without the stalls is said to be in the verdict itself', async () => {
    const result = await madeUpTuning({ objective: 'throughput', p99LimitMs: 15 });
    expect(result).toMatchObject({ status: 'chosen', p99LimitMs: 15 });
    const chosen = result.points.find(({ state }) => state === 'chosen')!;
    expect(chosen.limitStanding).toBe('under-without-stalls');
    expect(chosen.stalls).toBeGreaterThan(0);
    expect(result.verdict.sentence).toMatch(
      /, with p99 under 15 ms, \d+ stalls of \d+ requests set aside \(with them (more requests are needed to tell|[\d.]+ ms)\)/,
    );
  });

  test('a point whose stalls are surely more than 1 % of its requests is over the limit, and exit 1 where all are', async () => {
    const points = tunePoints([8, 16], [1], () => [1]);
    const limited = { objective: 'throughput', p99LimitMs: 15, points } as const;
    const result = await madeUpTuning({ ...limited, law: { stallShare: 0.025, stallFactor: 6 } });
    expect(result).toMatchObject({ status: 'none-under-limit', verdict: { exitCode: 1 } });
    for (const { state, limitStanding, reason } of result.points) {
      expect({ state, limitStanding }).toEqual({ state: 'over-limit', limitStanding: 'over' });
      expect(reason).toMatch(/^its p99 is over 15 ms/);
    }
    expect(result.points.map(({ reason }) => reason).join()).toMatch(
      /, \d+ stalls of its \d+ requests counted/,
    );
    const steady = await madeUpTuning({ ...limited, law: { stallShare: 0 } });
    expect(steady).toMatchObject({ status: 'chosen' });
    expect(steady.points.find(({ state }) => state === 'chosen')!.limitStanding).toBe('under');
    expect(steady.verdict.sentence).not.toContain('stall');
  });

  test('exit codes: 0 chosen, 1 none under the limit, 4 cannot tell', async () => {
    const points = tunePoints([8, 16], [1], () => [1]);
    const over = await madeUpTuning({ objective: 'throughput', p99LimitMs: 0.5, points });
    expect(over).toMatchObject({ status: 'none-under-limit', paste: null, verdict: { exitCode: 1 } });
    expect(over.verdict.sentence).toMatch(/^No point keeps its p99 under 0.5 ms: the lowest p50 is /);
    const unclear = await madeUpTuning({
      law: { waiting: 0.25, crosstalk: 0.004, noise: 1 },
      maxSeconds: 1,
      points,
    });
    expect(unclear).toMatchObject({ status: 'inconclusive', paste: null, verdict: { exitCode: 4 } });
    expect(unclear.verdict.sentence).toMatch(
      /^Cannot tell which point has the lowest p50 after \d+ rounds in 1 s: /,
    );
  });

  test('a modelled card: no interval, no probability, and said to be modelled', async () => {
    const points = tunePoints([1, 2, 4, 8, 16], [1], () => [1]);
    const source = modelledSource({
      points,
      millisecondsOf: (point) => {
        if (point.coreNumber === 16) throw new BackendError('16 cores do not fit');
        return trueMedian(MADE_UP_LAW, point);
      },
      description: {
        ...{ backend: 'mlu-offline', precision: 'int16', engine: 'model of the card', device: 'MLU270' },
        ...{ cores: 16, outputProvenance: 'modelled' },
      },
    });
    const result = await tune(source, {
      ...{ objective: 'p50', p99LimitMs: null, margin: 0.01, maxSeconds: 1, seed: 0, network: null },
      ...{
        warnings: [],
        clock: { now: () => 0 },
        signal: new AbortController().signal,
        progress: silentProgress,
      },
    });
    expect(result.points.map(({ state }) => state)).toEqual([
      'behind',
      'behind',
      'behind',
      'chosen',
      'failed',
    ]);
    expect(result.points[4]!.reason).toBe('16 cores do not fit');
    expect(result.outputs).toEqual([]);
    for (const { p99Ms, p99WithStallsMs } of result.points) {
      expect({ p99Ms, p99WithStallsMs }).toEqual({ p99Ms: null, p99WithStallsMs: null });
    }
    expect(tunePointsTable(result).conclusion).not.toContain('p99');
    expect(result.warnings).toEqual([
      'Times are modelled for the device MLU270, not measured: measure on the card before relying on them.',
    ]);
    expect(result.verdict.sentence).toMatch(
      /^Choose 8 cores: the lowest p50, [\d.]+ ms; the runner-up, 4 cores, loses \+[\d.]+ % against it\.$/,
    );
    expect(result.laws.find(({ law }) => law === 'universal')!.heldOutWorst).toBeLessThan(1e-6);
  });

  test('the same seed gives the same result', async () => {
    expect(await madeUpTuning()).toEqual(await madeUpTuning());
  });
});
