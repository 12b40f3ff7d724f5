import { describe, expect, test } from 'vitest';
import { modelledCard } from '../../../harness/latency/modelled-card.ts';
import { modelledPoints } from '../../../harness/latency/modelled-points.ts';
import { modelledCardSource } from '../../../harness/tune/modelled-card-source.ts';
import { buildYolox, officialVariant, randomWeights } from '../../../reference/network/index.ts';
import { captureCli } from '../../support/capture-cli.ts';

const variant = officialVariant('nano');
const graph = buildYolox(variant, randomWeights(variant, 1));
const SIZE = { height: 416, width: 416 };
const card = modelledCard(graph, SIZE, {
  ...{ name: 'mlu-offline', card: 'mlu270', bits: 16, activations: 'float32' },
});
const CORES = [1, 4, 16];
const source = modelledCardSource(card, CORES, [1, 4]);

const signal = new AbortController().signal;
const timeOf = async (coreNumber: number, batch: number, contexts: number): Promise<number> => {
  const visit = await source.measure({ coreNumber, batch, contexts }, { requests: 1, seconds: 1, signal });
  expect(visit.imagesPerSecond).toBeCloseTo((batch * contexts * 1000) / visit.milliseconds[0]!, 9);
  return visit.milliseconds[0]!;
};

describe('the points of a modelled card', () => {
  test('are every core number and batch, with one context and with all that fit', () => {
    expect(source.points).toHaveLength(2 * (2 + 2 + 1));
    expect(source.points).toContainEqual({ coreNumber: 4, batch: 1, contexts: 4 });
    for (const { coreNumber, contexts } of source.points)
      expect(coreNumber * contexts).toBeLessThanOrEqual(16);
    expect(source.describe()).toEqual({
      ...{
        backend: 'mlu-offline',
        precision: 'int16 with float32 activations',
        engine: 'model of one fused launch',
      },
      ...{ device: 'MLU270', cores: 16, exact: true },
      ...{ outputProvenance: 'modelled', latencyProvenance: 'modelled' },
    });
  });

  test('take with one context what bench and run say of them', async () => {
    for (const { coreNumber, batch, device } of modelledPoints(card, CORES, [1, 4])) {
      expect(await timeOf(coreNumber, batch, 1)).toBe(device!.p50Ms);
    }
  });

  test('take longer with contexts that share the memory, and no longer than one after the other', async () => {
    for (const [cores, contexts] of [
      [1, 16],
      [4, 4],
    ] as const) {
      const alone = await timeOf(cores, 1, 1);
      const together = await timeOf(cores, 1, contexts);
      expect(together).toBeGreaterThan(alone);
      expect(together).toBeLessThan(contexts * alone);
    }
  });

  test('more contexts than there are cores are refused', async () => {
    await expect(timeOf(4, 1, 5)).rejects.toThrow('cannot model 5 contexts of 4 cores on the MLU270');
  });
});

test('tune of a modelled card chooses at once, says that it is a model, and ends with the line to paste', async () => {
  const { exitCode, stdout } = await captureCli(
    ...['tune', '--weights', 'random:yolox-s?seed=1', '--backend', 'mlu-offline', '--quiet'],
  );
  expect(exitCode).toBe(0);
  expect(stdout).toContain('modelled for the device MLU270, not measured');
  expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^ct\.set_core_number\(8\)/);
});
