import { describe, expect, test } from 'vitest';
import { findStatistics, noStatistics } from '../../../harness/run/run-statistics.ts';
import { silentProgress } from '../../../harness/terminal/progress.ts';
import { pairedBootstrap, permutationTest, tieBand } from '../../../reference/compare/index.ts';
import { COCO_METRICS, evaluateDetections } from '../../../reference/evaluate/index.ts';
import { createRandom } from '../../../reference/random.ts';
import { adjustForFalseDiscovery } from '../../../reference/statistics/index.ts';
import { perturbedRun, tallyOf } from '../../support/perturbed-tallies.ts';

const { groundTruth, tallies, results } = perturbedRun();
const OPTIONS = { replicates: 100, seed: 7 };
const tools = { progress: silentProgress, signal: new AbortController().signal, now: () => new Date() };

async function find(changed = tallies, options = OPTIONS, changedTools = tools) {
  const found = noStatistics();
  await findStatistics(groundTruth, changed, options, changedTools, found);
  return found;
}

describe('the statistics of a run', () => {
  test("are those of the reference library, of each backend against the run's reference, drawn from the seed", async () => {
    const found = await find();
    expect([...found.differences.keys()]).toEqual(['int16', 'mlu-online', 'mlu-offline']);
    const [float, , online] = results.map((all) => evaluateDetections(groundTruth, all));
    const own = found.differences.get('mlu-online')!;
    const bootstrap = pairedBootstrap(float!, online!, { random: createRandom(7), replicates: 100 });
    expect(own.metrics).toEqual(bootstrap.metrics);
    expect(Object.keys(own.metrics)).toEqual(COCO_METRICS.map(({ name }) => name));
    expect(own.categories.map(({ ap }) => ap)).toEqual(bootstrap.perCategory.map(({ ap }) => ap));
    const metrics = COCO_METRICS.map(({ name }) => name);
    const swaps = { random: createRandom(7), permutations: 200, metrics };
    const permutation = permutationTest(float!, online!, swaps);
    expect(Object.keys(own.p)).toEqual(metrics);
    expect(own.p).toEqual(permutation.metrics);
    const p = permutation.perCategory.map(({ ap }) => ap);
    expect(own.categories.map(({ adjustedP }) => adjustedP)).toEqual(adjustForFalseDiscovery(p));
    expect(own.tieBands).toEqual({ reference: tieBand(float!).metrics, own: tieBand(online!).metrics });
    expect(own).toMatchObject({ replicates: 100, permutations: 200, seed: 7, confidence: 0.95 });
  });

  test('have steps whose differences add up to the whole, each with an interval', async () => {
    const { differences, steps } = await find();
    expect([...steps.keys()]).toEqual(['mlu-online', 'mlu-offline']);
    for (const { name } of COCO_METRICS) {
      const parts = [differences.get('int16')!.metrics, steps.get('mlu-online')!, steps.get('mlu-offline')!];
      const sum = parts.reduce((total, metrics) => total + metrics[name]!.difference, 0);
      expect(Math.abs(sum - differences.get('mlu-offline')!.metrics[name]!.difference), name).toBeLessThan(
        1e-12,
      );
      for (const metrics of parts) expect(metrics[name]!.low!).toBeLessThan(metrics[name]!.high!);
    }
  });

  test('do not depend on which other backends are in the run, nor on the day', async () => {
    const all = await find();
    const two = await find([tallies[0]!, tallies[3]!]);
    expect(two.differences.get('mlu-offline')).toEqual(all.differences.get('mlu-offline'));
    const other = await find([tallies[0]!, tallies[3]!], { ...OPTIONS, seed: 8 });
    expect(other.differences.get('mlu-offline')!.metrics.AP!.low).not.toBe(
      all.differences.get('mlu-offline')!.metrics.AP!.low,
    );
  });

  test('of a backend that broke off are over the images that both finished', async () => {
    const ids = tallies[0]!.imageIds.slice(0, 20);
    const broken = tallyOf('int16', 'int16 exact', results[1]!, ids);
    const found = await find([tallies[0]!, broken]);
    const [float, int16] = results.map((all) => evaluateDetections(groundTruth, all, { imageIds: ids }));
    const { AP } = found.differences.get('int16')!.metrics;
    expect(AP!.images).toBe(20);
    expect(AP!.difference).toBeCloseTo(int16!.stats.AP - float!.stats.AP, 12);
  });

  test('are none where none are asked for', async () => {
    const found = await find(tallies, { ...OPTIONS, replicates: 0 });
    expect(found.differences.size + found.steps.size).toBe(0);
  });

  test('end between two parts when the signal is given, and keep what was found', async () => {
    const stopping = new AbortController();
    const found = noStatistics();
    const signal = stopping.signal;
    const set = found.differences.set.bind(found.differences);
    found.differences.set = (name, statistics) => {
      stopping.abort();
      return set(name, statistics);
    };
    await expect(findStatistics(groundTruth, tallies, OPTIONS, { ...tools, signal }, found)).rejects.toThrow(
      /abort/i,
    );
    expect([...found.differences.keys()]).toEqual(['int16']);
  });

  test.each([
    [10, []],
    [2000, ['start 76', 'stop']],
  ])('say where they are once a second is over: %i ms a part', async (step, expected) => {
    let at = 0;
    const said: string[] = [];
    const progress = {
      start: (_: string, total: number) => said.push(`start ${total}`),
      advance: () => said.push('advance'),
      stop: () => said.push('stop'),
      note: () => undefined,
    };
    const now = (): Date => {
      at += step;
      return new Date(at);
    };
    await find(tallies, OPTIONS, { ...tools, progress, now });
    expect(said.filter((word) => word !== 'advance')).toEqual(expected);
    expect(said.filter((word) => word === 'advance')).toHaveLength(expected.length === 0 ? 0 : 76);
  });
});
