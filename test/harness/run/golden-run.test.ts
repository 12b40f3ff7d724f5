import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { RunConfig } from '../../../harness/config/run-config.ts';
import type { RunResult } from '../../../harness/run/run.ts';
import { tensorDiff } from '../../../reference/compare/index.ts';
import type { CocoResult } from '../../../reference/detections.ts';
import { COCO_METRICS } from '../../../reference/evaluate/index.ts';
import { captureCli } from '../../support/capture-cli.ts';
import { unmatched } from '../../support/match-results.ts';
import { readNpy } from '../../support/npy.ts';
import { runConfig } from '../../support/run-config.ts';
import { hasShared, sharedPath } from '../../support/shared.ts';
import { suiteFolder } from '../../support/suite-folder.ts';

const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
const golden = (...parts: string[]): string => sharedPath('golden', ...parts);
const nano = (file: string): string => sharedPath('data', 'yolox_nano', file);

const NAMES = COCO_METRICS.map(({ name }) => name);
const RAW_IMAGES = ['000000397133', '000000480985', '000000460347'];

type Figures = Record<string, number>;

function expectFigures(result: RunResult, backend: string, expected: Figures, tolerance: number): void {
  const { metrics, images, failure } = result.record.backends.find(({ name }) => name === backend)!;
  expect({ images, failure }).toEqual({ images: 50, failure: null });
  expect(Object.keys(metrics!)).toEqual([...NAMES]);
  for (const name of NAMES) {
    expect(Math.abs(metrics![name]! - expected[name]!), `${backend} ${name}`).toBeLessThanOrEqual(tolerance);
  }
}

function decibels(reference: string, actual: string): number {
  const diff = tensorDiff(readNpy(reference), readNpy(actual));
  if (diff.state !== 'compared') throw new Error(`${actual} has NaN or infinity where ${reference} has none`);
  return diff.sqnr;
}

/**
 * Detections of golden/postprocess/nano_416_conf025_nms045.json as COCO results: letterboxed pixels become image pixels by
 * the letterbox ratio, score = obj × cls, class index → category id.
 */
function goldenDemoResults(): CocoResult[] {
  const { images, categories } = read(sharedPath('data', 'coco_val50', 'instances_val2017.json')) as {
    images: { id: number; file_name: string; width: number; height: number }[];
    categories: { id: number }[];
  };
  const ids = categories.map(({ id }) => id).sort((a, b) => a - b);
  const { cases } = read(golden('postprocess', 'nano_416_conf025_nms045.json')) as {
    cases: { file_name: string; detections: number[][] }[];
  };
  expect(cases).toHaveLength(50);
  return cases.flatMap(({ file_name, detections }) => {
    const image = images.find((entry) => entry.file_name === file_name)!;
    const ratio = Math.min(416 / image.width, 416 / image.height);
    return detections.map(([x1, y1, x2, y2, obj, cls, classIndex]) => ({
      image_id: image.id,
      category_id: ids[classIndex!]!,
      bbox: [x1! / ratio, y1! / ratio, (x2! - x1!) / ratio, (y2! - y1!) / ratio] as const,
      score: obj! * cls!,
    }));
  });
}

describe.skipIf(!hasShared)('the run on coco_val50 with YOLOX-nano at 416, conf 0.001, NMS 0.65', () => {
  const dir = suiteFolder();
  const common: RunConfig = {
    weights: nano('yolox_nano.pth'),
    dataset: sharedPath('data', 'coco_val50'),
    backends: ['cpu-float'],
    size: 416,
    conf: 0.001,
    nms: 0.65,
    latency: false,
    noiseFloorImages: 0,
  };
  const expected = hasShared
    ? (read(golden('eval', 'nano_416_val50_expected.json')) as { stats: Figures }).stats
    : {};
  let main: RunResult;

  beforeAll(async () => {
    main = await runConfig({
      ...common,
      backends: ['cpu-float', 'int16', 'int8'],
      quantized: {
        int16: golden('quantize', 'yolox_nano_int16.pt'),
        int8: golden('quantize', 'yolox_nano_int8.pt'),
      },
      saveRaw: true,
      budgets: { AP: 0.01 },
      out: join(dir, 'main'),
    });
  });

  const file = (...parts: string[]): string => join(dir, ...parts);

  test('cpu-float from the .pth: each of the 12 figures within 0.0005 of pycocotools on PyTorch, AP 0.3237', () => {
    expectFigures(main, 'cpu-float', expected, 0.0005);
    expect(main.record.backends[0]!.metrics!.AP!.toFixed(4)).toBe('0.3237');
    expect(main.record.status).toBe('complete');
  });

  test('AP of every category within 0.0005', () => {
    const { per_category_ap } = read(golden('eval', 'nano_416_val50_expected.json')) as {
      per_category_ap: Figures;
    };
    const { categories } = main.record.backends[0]!;
    expect(categories).toHaveLength(80);
    for (const { categoryId, ap } of categories) {
      const figure = per_category_ap[categoryId];
      if (figure === undefined || figure === null || figure < 0) expect(ap).toBeNull();
      else expect(Math.abs(ap! - figure), `category ${categoryId}`).toBeLessThanOrEqual(0.0005);
    }
  });

  test.each([
    ['.onnx', 'yolox_nano.onnx'],
    ['legacy .pt', 'yolox_nano_unzip.pt'],
  ])(
    'cpu-float from the %s: the same figures, and the same detections as from the .pth',
    async (_, weights) => {
      const out = file(weights);
      const result = await runConfig({ ...common, weights: nano(weights), out });
      expectFigures(result, 'cpu-float', expected, 0.0005);
      const results = (folder: string): CocoResult[] => read(join(folder, 'detections', 'cpu-float.json'));
      expect(unmatched(results(file('main')), results(out), { pixels: 0.05, score: 1e-4 })).toEqual([]);
    },
  );

  test('cpu-float on tfjs: the same figures', async () => {
    const result = await runConfig({ ...common, engine: 'tfjs', out: file('tfjs') });
    expect(result.record.backends[0]!.engine).toMatch(/^tfjs /);
    expectFigures(result, 'cpu-float', expected, 0.0005);
    const { exitCode, stdout } = await compare('tfjs/detections/cpu-float.json', '0.0005');
    expect(stdout).toMatch(/^Equivalent: b has the AP of a/m);
    expect(exitCode).toBe(0);
  });

  /** With the float results on onnxruntime, which are the reference. */
  const compare = (b: string, budget: string) =>
    captureCli(
      ...['compare', file('main', 'detections', 'cpu-float.json'), file(b)],
      ...['--ground-truth', sharedPath('data', 'coco_val50', 'instances_val2017.json')],
      ...['--budget', `AP=${budget}`, '--quiet'],
    );

  test('with a budget of 0.01 int8 has regressed and int16 is equivalent; at 0.004 fifty images cannot tell int16', async () => {
    const [, int16, int8] = main.record.backends;
    expect(main.record.verdict).toMatchObject({
      exitCode: 1,
      sentence: expect.stringMatching(/^Regressed: int8 .* Equivalent: int16 /),
    });
    expect(int8!.judgements).toMatchObject([{ verdict: 'regressed', direction: 'worse' }]);
    expect(int16!.judgements).toMatchObject([{ verdict: 'equivalent', direction: 'unclear' }]);
    const { metrics, p, tieBands } = int8!.difference!.statistics!;
    expect(metrics.AP!.high).toBeLessThan(-0.05);
    expect(p.AP).toBeLessThan(0.001);
    for (const bands of [tieBands.own, tieBands.reference])
      expect(bands.AP!.high - bands.AP!.low).toBeLessThan(0.0005);
    const { p: chance, metrics: small } = int16!.difference!.statistics!;
    expect(chance.AP).toBeGreaterThan(0.5);
    expect(small.AP!.low).toBeGreaterThan(-0.01);
    const closer = await compare('main/detections/int16.json', '0.004');
    expect(closer.stdout).toMatch(/^Cannot tell: .* about \d+ images would tell/m);
    expect(closer.exitCode).toBe(4);
  });

  test('raw outputs within 1e-3 of the golden ones', () => {
    for (const name of RAW_IMAGES) {
      const diff = tensorDiff(
        readNpy(golden('network', `${name}_raw.npy`)),
        readNpy(file('main', 'raw', 'cpu-float', `${Number(name)}.npy`)),
      );
      expect(diff.state === 'compared' && diff.maxAbs, name).toBeLessThan(1e-3);
    }
  });

  test('COCO results: the golden set, box for box', () => {
    const found = read(file('main', 'detections', 'cpu-float.json')) as CocoResult[];
    const official = read(
      golden('postprocess', 'nano_416_conf0001_nms065_coco_results.json'),
    ) as CocoResult[];
    expect(found).toHaveLength(official.length);
    expect(unmatched(official, found, { pixels: 0.05, score: 1e-4 })).toEqual([]);
  });

  test('conf 0.25, NMS 0.45: the golden set of detections on all 50 images', async () => {
    await runConfig({ ...common, conf: 0.25, nms: 0.45, out: file('demo') });
    const found = read(file('demo', 'detections', 'cpu-float.json')) as CocoResult[];
    const official = goldenDemoResults();
    expect(found).toHaveLength(official.length);
    expect(unmatched(official, found, { pixels: 0.05, score: 1e-4 })).toEqual([]);
  });

  test('eval reads the detections file and gives the figures of the record', async () => {
    const { exitCode, stdout } = await captureCli(
      'eval',
      sharedPath('data', 'coco_val50', 'instances_val2017.json'),
      file('main', 'detections', 'int16.json'),
      '--json',
    );
    expect(exitCode).toBe(0);
    const figures = JSON.parse(stdout) as Figures;
    for (const name of NAMES) expect(figures[name]).toBe(main.record.backends[1]!.metrics![name]);
  });

  test('int16 exact: each of the 12 figures within 0.0005 of the golden int16 ones, where plain float is not', () => {
    const stats = quantizedStats('int16');
    expectFigures(main, 'int16', stats, 0.0005);
    expect(() => expectFigures(main, 'cpu-float', stats, 0.0005)).toThrow(/cpu-float AP/);
    const [, int16] = main.record.backends;
    expect(int16).toMatchObject({ precision: 'int16 exact', outputProvenance: 'emulated' });
    expect(int16!.quantization).toMatchObject({
      execution: 'exact',
      convolutions: 83,
      floatConvolutions: 30,
    });
  });

  test('int8 exact: AP within 0.005 of 0.1667', () => {
    const { AP } = main.record.backends[2]!.metrics!;
    expect(quantizedStats('int8').AP!.toFixed(4)).toBe('0.1667');
    expect(Math.abs(AP! - quantizedStats('int8').AP!)).toBeLessThanOrEqual(0.005);
  });

  test('raw int16 output: 60 dB or more against the golden one; int8: nearer to it than to float by 10 dB', () => {
    const [name] = RAW_IMAGES;
    const own = (backend: string): string => file('main', 'raw', backend, `${Number(name)}.npy`);
    const official = (bits: number): string => golden('quantize', `int${bits}_${name}_raw.npy`);
    expect(decibels(official(16), own('int16'))).toBeGreaterThanOrEqual(60);
    expect(decibels(official(16), own('cpu-float'))).toBeLessThan(46);
    expect(decibels(official(8), own('int8'))).toBeGreaterThanOrEqual(
      decibels(own('cpu-float'), own('int8')) + 10,
    );
  });
});

function quantizedStats(precision: 'int16' | 'int8'): Figures {
  const { stats_order, val50_stats } = read(golden('quantize', 'calibration.json')) as {
    stats_order: string[];
    val50_stats: Record<string, number[]>;
  };
  return Object.fromEntries(stats_order.map((name, index) => [name, val50_stats[precision]![index]!]));
}
