import { existsSync, readFileSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { RunConfig } from '../../../harness/config/run-config.ts';
import { exitCodeOf, messageOf } from '../../../harness/errors.ts';
import type { RunResult } from '../../../harness/run/run.ts';
import { writeLegacyCheckpoint } from '../../../harness/weights/index.ts';
import type { CocoResult } from '../../../reference/detections.ts';
import { officialVariant, randomWeights } from '../../../reference/network/index.ts';
import { float32Tensor, type NamedTensors } from '../../../reference/tensor.ts';
import { parseRunRecord } from '../../../reports/index.ts';
import { captureCli } from '../../support/capture-cli.ts';
import { makeCocoFolder } from '../../support/make-coco-folder.ts';
import { progressThat } from '../../support/progress-that.ts';
import { runConfig } from '../../support/run-config.ts';
import { suiteFolder } from '../../support/suite-folder.ts';

const dir = suiteFolder();
const coco = join(dir, 'coco');
const nano = officialVariant('nano');

const common: RunConfig = {
  weights: 'random:yolox-nano?seed=1',
  dataset: coco,
  backends: ['cpu-float', 'int8'],
  calibration: coco,
  size: 64,
  conf: 0,
  latency: false,
  noiseFloorImages: 0,
};

beforeAll(async () => {
  await makeCocoFolder(coco, 4);
});

function detectionsOf({ folder }: RunResult, backend: string): CocoResult[] {
  return JSON.parse(readFileSync(join(folder, 'detections', `${backend}.json`), 'utf8')) as CocoResult[];
}

const idsOf = (results: readonly CocoResult[]): number[] => [
  ...new Set(results.map(({ image_id }) => image_id)),
];

/** The record as it stands in the folder, and the page beside it. */
function kept({ folder }: RunResult) {
  return {
    record: parseRunRecord(JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8'))),
    page: readFileSync(join(folder, 'report.html'), 'utf8'),
  };
}

/** Random nano weights that overflow in the first level's boxes: every number is finite, the output is not. */
function overflowing(): NamedTensors {
  const name = 'head.reg_preds.0.weight';
  const weights = randomWeights(nano, 1);
  const { shape, data } = weights.get(name)!;
  return new Map([...weights, [name, float32Tensor(new Float32Array(data.length).fill(3e38), shape)]]);
}

/** The same weights as a checkpoint that a quantiser saved: scales of a plain guess, int8. */
function quantized(tensors: NamedTensors): NamedTensors {
  const entries = [...tensors].flatMap(
    ([key, tensor]): [string, NamedTensors extends ReadonlyMap<string, infer T> ? T : never][] => {
      if (!key.endsWith('.weight') || tensor.shape.length !== 4 || !(tensor.data instanceof Float32Array))
        return [[key, tensor]];
      const module = key.slice(0, -'.weight'.length);
      const absmax = tensor.data.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
      const input = module.includes('stem') ? 255 : 8;
      return [
        [key, tensor],
        [`${module}.scale`, float32Tensor(Float32Array.of(127 / input, 127 / absmax), [2])],
        [`${module}.quantized_mode`, float32Tensor(Float32Array.of(1), [1])],
      ];
    },
  );
  return new Map(entries);
}

describe('an image that does not decode in the middle of a run', () => {
  let result: RunResult;
  beforeAll(async () => {
    const broken = join(dir, 'broken');
    await makeCocoFolder(broken, 4);
    const picture = join(broken, 'images', '3.png');
    // Its header is whole, so that only decoding finds it out.
    await writeFile(picture, (await readFile(picture)).subarray(0, 2000));
    result = await runConfig({ ...common, dataset: broken, out: join(dir, 'stopped') });
  });

  test('exit 3, incomplete, and the reason names the file and what to do', () => {
    const { record, page } = kept(result);
    expect(record).toMatchObject({ status: 'incomplete', verdict: { exitCode: 3 } });
    expect(record.stoppedBy).toMatch(
      /cannot decode .*3\.png: .*; the file is damaged or cut off, fetch it again/,
    );
    expect(record.verdict.sentence).toContain('3.png');
    expect(page).toContain('3.png');
    expect(record).toEqual(result.record);
  });

  test('keeps the detections and figures of the images before it, of each backend', () => {
    for (const backend of kept(result).record.backends) {
      const found = detectionsOf(result, backend.name);
      expect(idsOf(found)).toEqual([1, 2]);
      expect(backend).toMatchObject({ images: 2, detections: found.length, failure: null });
      expect(backend.metrics!.AP).toEqual(expect.any(Number));
    }
    expect(kept(result).record.backends[1]!.difference!.images).toBe(2);
  });
});

describe('NaN or an infinity in an output', () => {
  beforeAll(async () => {
    await writeLegacyCheckpoint(join(dir, 'overflowing.pt'), overflowing());
    await writeLegacyCheckpoint(join(dir, 'overflowing_int8.pt'), quantized(overflowing()));
    await writeLegacyCheckpoint(join(dir, 'whole_int8.pt'), quantized(randomWeights(nano, 1)));
  });

  test('of another backend: it is left out with the reason, the reference goes on, exit 5', async () => {
    const result = await runConfig({
      ...common,
      backends: ['cpu-float', 'int8', 'int16'],
      quantized: { int8: join(dir, 'overflowing_int8.pt') },
      out: join(dir, 'nan-other'),
    });
    const { record, page } = kept(result);
    const [float, int8, int16] = record.backends;
    expect(record).toMatchObject({ status: 'complete', verdict: { exitCode: 5 } });
    expect(float).toMatchObject({ failure: null, images: 4 });
    expect(int16).toMatchObject({ failure: null, images: 4 });
    expect(int8).toMatchObject({ images: 0, metrics: null, difference: null, tensorDifference: null });
    expect(int8!.failure).toMatch(
      /the backend int8 failed on 1\.png: .*(NaN|Infinity) at image 0, anchor 0, channel 0 \(reg\)/,
    );
    expect(record.verdict.sentence).toContain(int8!.failure!);
    expect(page).toContain('int8 failed on 1.png');
    expect(idsOf(detectionsOf(result, 'cpu-float'))).toEqual([1, 2, 3, 4]);
    expect(detectionsOf(result, 'int8')).toEqual([]);
  });

  test('of the reference: nothing is left to compare with, so the run stops, exit 5', async () => {
    const { exitCode, stdout } = await captureCli(
      ...[
        'run',
        '--weights',
        join(dir, 'overflowing.pt'),
        '--dataset',
        coco,
        '--size',
        '64',
        '--json',
        '--quiet',
      ],
      ...['--backends', 'cpu-float,int8', '--quantized', join(dir, 'whole_int8.pt'), '--no-latency'],
      ...['--out', join(dir, 'nan-reference')],
    );
    expect(exitCode).toBe(5);
    const record = parseRunRecord(JSON.parse(stdout));
    expect(record).toMatchObject({ status: 'incomplete', verdict: { exitCode: 5 } });
    expect(record.stoppedBy).toMatch(
      /the backend cpu-float failed on 1\.png: .*(NaN|Infinity) at image 0, anchor 0, channel 0 \(reg\)/,
    );
    expect(record.backends.map(({ images }) => images)).toEqual([0, 0]);
  });
});

describe('a stop by the user', () => {
  test('before anything was scored there is nothing to keep: exit 130 and no folder', async () => {
    const out = join(dir, 'aborted');
    const error = await runConfig({ ...common, out }, { signal: AbortSignal.abort() }).catch(
      (e: unknown) => e,
    );
    expect(exitCodeOf(error)).toBe(130);
    expect(messageOf(error)).toBe('interrupted by the user');
    expect(existsSync(out)).toBe(false);
  });

  test('during calibration it ends before the next image', async () => {
    const controller = new AbortController();
    let advanced = 0;
    const progress = progressThat('calibration images', 1, () => controller.abort());
    const counting = {
      ...progress,
      advance: () => {
        advanced++;
        progress.advance();
      },
    };
    const out = join(dir, 'aborted-calibration');
    const stopped = runConfig({ ...common, out }, { signal: controller.signal, progress: counting });
    expect(exitCodeOf(await stopped.catch((e: unknown) => e))).toBe(130);
    expect(advanced).toBe(1);
    expect(existsSync(out)).toBe(false);
  });

  test('between images the finished ones are kept: exit 130, a valid record and detections files', async () => {
    const controller = new AbortController();
    const progress = progressThat('images', 2, () => controller.abort());
    const result = await runConfig(
      { ...common, out: join(dir, 'aborted-later') },
      { signal: controller.signal, progress },
    );
    const { record } = kept(result);
    expect(record).toMatchObject({
      status: 'incomplete',
      stoppedBy: 'interrupted by the user',
      verdict: { exitCode: 130 },
    });
    expect(record.backends.map(({ images }) => images)).toEqual([2, 2]);
    expect(idsOf(detectionsOf(result, 'int8'))).toEqual([1, 2]);
  });

  test('while latency is measured the accuracy is on the disk already', async () => {
    const out = join(dir, 'timing');
    const seen: unknown[] = [];
    const progress = progressThat('latency turns', 1, () => {
      seen.push(JSON.parse(readFileSync(join(out, 'run.json'), 'utf8')));
    });
    await runConfig({ ...common, latency: true, latencySamples: 5, cores: [1], out }, { progress });
    const early = parseRunRecord(seen[0]);
    expect(early).toMatchObject({ status: 'incomplete', stoppedBy: 'ended while latency was measured' });
    expect(early.backends.map(({ images }) => images)).toEqual([4, 4]);
  });
});

test('an image folder taken away behind the run costs neither the figures nor the record', async () => {
  const copy = join(dir, 'coco-taken-away');
  await makeCocoFolder(copy, 4);
  const progress = progressThat('images', 4, () => rmSync(join(copy, 'images'), { recursive: true }));
  const result = await runConfig(
    { ...common, dataset: copy, calibration: coco, out: join(dir, 'no-pictures') },
    { progress },
  );
  const { record } = kept(result);
  expect(record.status).toBe('incomplete');
  expect(record.backends.map(({ images }) => images)).toEqual([4, 4]);
});
