import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
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
    ['other weights', { weights: 'random:yolox-nano?seed=2' }, /they have of the weights/],
    ['other images', { imageIds: [1, 2, 3, 4] }, /they have of the selected images 1,2,3,4,5 and 1,2,3,4/],
    [
      'another calibration',
      { calibrationImages: 1 },
      /they have of the scales of int8|options differ in scales/,
    ],
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
    await refused([shardFolder('1/2'), copy], /damaged: detections\/int8\.json, image 2, is damaged/);
    const journal = join(copy, JOURNAL);
    writeFileSync(journal, readFileSync(journal).subarray(0, -5));
    await refused([shardFolder('1/2'), copy], /damaged: image \d is missing or damaged there|is damaged/);
  });
});
