import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sampleWeightsPath } from '../../../datasets/index.ts';
import type { RunConfig } from '../../../harness/config/run-config.ts';
import { mergeShards } from '../../../harness/merge/merge-shards.ts';
import { JOURNAL } from '../../../harness/store/run-journal.ts';
import { silentProgress } from '../../../harness/terminal/progress.ts';
import { makeCocoFolder } from '../../support/make-coco-folder.ts';
import { progressThat } from '../../support/progress-that.ts';
import { resumeConfig, runConfig } from '../../support/run-config.ts';
import { expectSameRun, recordIn } from '../../support/run-equality.ts';
import { suiteFolder } from '../../support/suite-folder.ts';

const dir = suiteFolder();
const coco = join(dir, 'coco');
const whole = join(dir, 'whole');
const config: RunConfig = {
  ...{ weights: 'random:yolox-nano?seed=1', dataset: coco, calibration: coco, size: 64 },
  ...{ conf: 0, demoConf: 0, noiseFloorImages: 3, latency: false },
  backends: ['cpu-float', 'int8', 'mlu-online'],
};

const shardFolder = (shard: string): string => join(dir, `shard-${shard.replace('/', '-')}`);
const runShard = (shard: string, others: RunConfig = {}, out = shardFolder(shard)) =>
  runConfig({ ...config, shard, ...others, out });
const merge = (shards: readonly string[], out: string) =>
  mergeShards(shards, join(dir, out), {
    ...{ progress: silentProgress, signal: new AbortController().signal, now: () => new Date() },
  });

beforeAll(async () => {
  await makeCocoFolder(coco, 5);
  await runConfig({ ...config, out: whole });
  for (const shard of ['1/2', '2/2']) await runShard(shard);
});

describe('merge', () => {
  test('of two shards, one of them gone on with after a stop, is the unsharded run', async () => {
    const stopped = join(dir, 'stopped');
    const controller = new AbortController();
    const progress = progressThat('images', 1, () => controller.abort());
    await runConfig({ ...config, shard: '1/2', out: stopped }, { progress, signal: controller.signal });
    await expect(merge([stopped, shardFolder('2/2')], 'unfinished')).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(/stopped: it is not finished \(interrupted by the user\); go on with/),
    });
    await resumeConfig(stopped);
    const { record } = await merge([shardFolder('2/2'), stopped], 'merged-2');
    expectSameRun(join(dir, 'merged-2'), whole);
    expect(record.warnings).toEqual(recordIn(whole).warnings);
    expect(record).toMatchObject({ shard: null, mergedFrom: 2, verdict: recordIn(whole).verdict });
  });

  test('of three', async () => {
    for (const shard of ['1/3', '2/3', '3/3']) await runShard(shard);
    await merge(['1/3', '2/3', '3/3'].map(shardFolder), 'merged-3');
    expectSameRun(join(dir, 'merged-3'), whole);
  });

  test('a shard says that it is one, in its record and to its reader', () => {
    const record = recordIn(shardFolder('2/2'));
    expect(record).toMatchObject({ shard: { index: 2, count: 2 }, dataset: { imageIds: [2, 4] } });
    expect(record.warnings).toContainEqual(
      expect.stringMatching(/^This is shard 2 of 2: its figures are of 2 of 5/),
    );
  });
});

describe('merge of a detector that finds something', () => {
  const scenes: RunConfig = {
    ...{ weights: sampleWeightsPath(), dataset: 'scenes:14?seed=7', calibration: 'scenes:2?seed=3' },
    ...{ size: 160, noiseFloorImages: 0, latency: false, calibrationImages: 2, replicates: 200, seed: 5 },
    ...{ backends: ['cpu-float', 'int16', 'mlu-online', 'mlu-offline'], bits: 8 },
    budgets: { AP: 0.2, 'mlu-offline:AP50': 0.001 },
  };

  const cache = process.env.MLU_PARITY_CACHE;
  beforeAll(() => {
    process.env.MLU_PARITY_CACHE = join(dir, 'cache');
  });
  afterAll(() => {
    if (cache === undefined) delete process.env.MLU_PARITY_CACHE;
    else process.env.MLU_PARITY_CACHE = cache;
  });

  test('has the intervals, p values, tie bands, steps and verdicts of the unsharded run, to the bit', async () => {
    const unsharded = join(dir, 'found');
    await runConfig({ ...scenes, out: unsharded });
    const shards = ['1/3', '2/3', '3/3'].map((shard) => join(dir, `found-${shard.replace('/', '-')}`));
    for (const [i, out] of shards.entries()) {
      const { record } = await runConfig({ ...scenes, shard: `${i + 1}/3`, out });
      // An interval of a part says nothing of the whole.
      for (const { difference, judgements } of record.backends)
        expect([difference?.statistics ?? null, judgements]).toEqual([null, []]);
    }
    await merge([shards[2]!, shards[0]!, shards[1]!], 'found-merged');
    const [merged, whole] = [recordIn(join(dir, 'found-merged')), recordIn(unsharded)];

    for (const [i, { name, difference, judgements }] of whole.backends.entries()) {
      if (difference === null) continue;
      const { statistics } = difference;
      const { low, high } = statistics!.metrics.AP!;
      expect(low!, name).toBeLessThan(high!);
      expect(statistics!.p.AP!).toBeGreaterThan(0);
      expect(statistics!.categories.some(({ adjustedP }) => adjustedP !== null)).toBe(true);
      expect(merged.backends[i]!.difference!.statistics).toEqual(statistics);
      expect(judgements).toHaveLength(name === 'mlu-offline' ? 2 : 1);
      expect(merged.backends[i]!.judgements).toEqual(judgements);
    }
    expect(whole.drift.map(({ interval }) => typeof interval.AP!.low)).toEqual(Array(3).fill('number'));
    expect(merged.drift).toEqual(whole.drift);
    expect(merged.verdict).toEqual(whole.verdict);
    expect(whole.verdict.exitCode).not.toBe(0);
    expectSameRun(join(dir, 'found-merged'), unsharded);
  });
});

describe('merge refuses, and makes no folder', () => {
  const refused = async (shards: readonly string[], sentence: RegExp) => {
    await expect(merge(shards, 'refused')).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(sentence),
    });
    expect(existsSync(join(dir, 'refused'))).toBe(false);
  };

  test('a gap and an overlap', async () => {
    await refused([shardFolder('1/2')], /cannot merge 1 of 2 shards: 2\/2 is missing; give all of them/);
    const both = [shardFolder('1/2'), shardFolder('1/2')];
    await refused(both, /both are shard 1 of 2; give each once/);
  });

  test('a whole run, and a folder that is none', async () => {
    await refused([whole], /whole: it is a whole run, and no shard/);
    await refused([coco], /cannot read .*run\.json/);
  });

  test.each<[string, RunConfig, RegExp]>([
    ['other thresholds', { conf: 0.01 }, /their options differ in thresholds/],
    ['other weights', { weights: 'random:yolox-nano?seed=2' }, /they differ in the weights/],
    ['other images', { imageIds: [1, 2, 3, 4] }, /they differ in the selected images 1,2,3,4,5 and 1,2,3,4/],
    [
      'another calibration',
      { calibrationImages: 1 },
      /they differ in the scales of int8|options differ in scales/,
    ],
    ['another budget', { budgets: { AP: 0.2 } }, /their options differ in budgets, \[\] and \[\{/],
    ['another number of replicates', { replicates: 200 }, /differ in replicates, 1000 and 200/],
    ['another seed', { seed: 3 }, /their options differ in seed, 0 and 3/],
    ['another number of shards', { shard: '2/3' }, /one is of 2 shards and the other of 3/],
  ])('%s', async (name, others, sentence) => {
    const out = join(dir, name.replaceAll(' ', '-'));
    await runShard('2/2', others, out);
    await refused([shardFolder('1/2'), out], sentence);
  });

  test('something damaged, which is named', async () => {
    const copy = join(dir, 'damaged');
    cpSync(shardFolder('2/2'), copy, { recursive: true });
    const file = join(copy, 'detections', 'int8.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"image_id":2,', '"image_id":3,'));
    await refused(
      [shardFolder('1/2'), copy],
      /cannot merge .*damaged: detections\/int8\.json, image 2, is damaged.*or run that shard again/,
    );
    const journal = join(copy, JOURNAL);
    writeFileSync(journal, readFileSync(journal).subarray(0, -5));
    await refused([shardFolder('1/2'), copy], /damaged: image \d is missing or damaged there|is damaged/);
  });
});
