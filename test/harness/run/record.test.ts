import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { RunConfig } from '../../../harness/config/run-config.ts';
import type { RunResult } from '../../../harness/run/run.ts';
import { tensorDiff } from '../../../reference/compare/index.ts';
import { COCO_METRICS } from '../../../reference/evaluate/index.ts';
import { type BackendRecord, parseRunRecord } from '../../../reports/index.ts';
import { readNpy } from '../../support/npy.ts';
import { runConfig } from '../../support/run-config.ts';
import { hasShared, sharedPath } from '../../support/shared.ts';
import { suiteFolder } from '../../support/suite-folder.ts';

const NAMES = COCO_METRICS.map(({ name }) => name);

describe.skipIf(!hasShared)('the record of a run with every part, on 4 images of coco_val50', () => {
  const dir = suiteFolder();
  const common: RunConfig = {
    weights: sharedPath('data', 'yolox_nano', 'yolox_nano.pth'),
    dataset: sharedPath('data', 'coco_val50'),
    images: 4,
    seed: 7,
  };
  let result: RunResult;
  let float: BackendRecord;
  let int16: BackendRecord;
  let int8: BackendRecord;

  beforeAll(async () => {
    result = await runConfig({
      ...common,
      backends: ['cpu-float', 'int16', 'int8'],
      quantized: { int8: sharedPath('golden', 'quantize', 'yolox_nano_int8.pt') },
      calibration: sharedPath('data', 'coco_train50'),
      calibrationImages: 2,
      execution: 'fast',
      cores: [1, 2],
      latencySamples: 6,
      latencySeconds: 1,
      noiseFloorImages: 3,
      saveRaw: true,
      out: join(dir, 'run'),
    });
    [float, int16, int8] = result.record.backends as [BackendRecord, BackendRecord, BackendRecord];
  });

  const inFolder = (...parts: string[]): string => join(result.folder, ...parts);

  test('run.json holds the record, which the schema reads back unchanged', () => {
    const written: unknown = JSON.parse(readFileSync(inFolder('run.json'), 'utf8'));
    expect(written).toEqual(result.record);
    expect(parseRunRecord(written)).toEqual(result.record);
    expect(parseRunRecord(JSON.parse(JSON.stringify(result.record)))).toEqual(result.record);
    expect(result.record).toMatchObject({ status: 'complete', stoppedBy: null, verdict: { exitCode: 0 } });
  });

  test('weights and data set are named by hash, counts and ids', () => {
    const { weights, dataset, environment, options } = result.record;
    expect(weights).toMatchObject({ file: 'yolox_nano.pth', variant: 'nano', classes: 80, depthwise: true });
    expect(weights.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(dataset).toMatchObject({ images: 4, imagesAvailable: 50, categories: 80 });
    expect(dataset.annotationsSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(dataset.imageIds).toHaveLength(4);
    expect(options).toMatchObject({ size: [416, 416], thresholds: { conf: 0.001, nms: 0.65 } });
    expect(environment.packages['onnxruntime-node']).toMatch(/^\d+\./);
  });

  test('the difference of a backend is its figures less those of the reference, category by category', () => {
    expect(float).toMatchObject({ isReference: true, difference: null, tensorDifference: null });
    for (const backend of [int16, int8]) {
      expect(backend.isReference).toBe(false);
      expect(Object.keys(backend.metrics!)).toEqual(NAMES);
      for (const name of NAMES) {
        const expected =
          float.metrics![name] === null ? null : backend.metrics![name]! - float.metrics![name]!;
        expect(backend.difference!.metrics[name]).toBe(expected);
      }
      backend.difference!.categories.forEach(({ categoryId, ap }, index) => {
        const [own, base] = [backend.categories[index]!, float.categories[index]!];
        expect(own.categoryId).toBe(categoryId);
        expect(ap).toBe(base.ap === null ? null : own.ap! - base.ap);
      });
    }
    expect(Math.abs(int8.difference!.metrics.AP!)).toBeGreaterThan(Math.abs(int16.difference!.metrics.AP!));
  });

  test('tensor differences of the whole and each group at each stride, as the raw outputs give them; worst first', () => {
    const groups = [
      'all',
      ...['reg', 'obj', 'cls'].flatMap((group) => [8, 16, 32].map((s) => `${group}/${s}`)),
    ];
    for (const backend of [int16, int8]) {
      const { raw, decoded, worstImages, images } = backend.tensorDifference!;
      expect(images).toBe(4);
      expect(decoded.map(({ group }) => group)).toEqual(expect.arrayContaining(groups));
      const sqnrs = result.record.dataset.imageIds.map((id) => {
        const of = (name: string) => readNpy(inFolder('raw', name, `${id}.npy`));
        const diff = tensorDiff(of('cpu-float'), of(backend.name));
        return diff.state === 'compared' ? diff.sqnr : Number.NaN;
      });
      const whole = raw!.find(({ group }) => group === 'all')!.metrics.sqnr!;
      expect(whole.count).toBe(4);
      expect(whole.min).toBeCloseTo(Math.min(...sqnrs), 9);
      expect(whole.max).toBeCloseTo(Math.max(...sqnrs), 9);
      const order = worstImages.map(({ sqnr }) => sqnr!);
      expect(order).toEqual([...order].sort((a, b) => a - b));
      expect(worstImages).toHaveLength(4);
    }
  });

  test('detections at the demo threshold: every one of the reference is kept, moved, of another class or lost', () => {
    for (const backend of [int16, int8]) {
      const difference = backend.detectionDifference!;
      const { kept, moved, classChanged, lost, gained, referenceCount, actualCount } = difference;
      expect(difference).toMatchObject({ conf: 0.25, nms: 0.45, images: 4 });
      expect(kept + moved + classChanged + lost).toBe(referenceCount);
      expect(kept + moved + classChanged + gained).toBe(actualCount);
      expect(referenceCount).toBeGreaterThan(0);
    }
    expect(int8.detectionDifference!.lost).toBeGreaterThan(int16.detectionDifference!.lost);
  });

  test('noise floor: both float engines on the images asked for, far below the drift of int16', () => {
    const floor = result.record.noiseFloor!;
    expect(floor.engines[0]).toMatch(/^onnxruntime-node /);
    expect(floor.engines[1]).toMatch(/^tfjs /);
    expect(floor.images).toBe(3);
    expect(floor.maxAbs!).toBeGreaterThan(0);
    expect(floor.maxAbs!).toBeLessThan(1e-2);
    expect(floor.sqnr!).toBeGreaterThan(80);
    for (const name of NAMES) expect(floor.metrics[name] ?? 0).toBeLessThan(0.0005);
  });

  test('saturation of each quantised layer; calibrated on 2 images, some of it is clamped', () => {
    for (const { quantization } of [int16, int8]) {
      const { saturation, convolutions, floatConvolutions } = quantization!;
      expect({ convolutions, floatConvolutions }).toEqual({ convolutions: 83, floatConvolutions: 30 });
      expect(saturation).toHaveLength(83);
      expect(saturation[0]).toMatchObject({ total: 4 * 12 * 208 * 208 });
      for (const { saturated, total } of saturation) expect(saturated).toBeLessThan(total / 10);
      expect(saturation.some(({ saturated }) => saturated > 0)).toBe(true);
    }
    expect(float.quantization).toBeNull();
  });

  test('scales: where they come from, and how far the fast execution is from the exact one', () => {
    expect(int16.quantization).toMatchObject({
      bits: 16,
      execution: 'fast',
      source: { kind: 'calibration', images: 2, description: '2 images of coco_train50, absmax × 1' },
    });
    expect(int8.quantization!.source).toMatchObject({
      kind: 'checkpoint',
      description: 'yolox_nano_int8.pt',
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(int16.quantization!.fastAgainstExactDb!).toBeGreaterThan(60);
    expect(int8.quantization!.fastAgainstExactDb!).toBeGreaterThan(20);
    const warned = result.record.warnings.some((warning) => /^int8: the fast execution is/.test(warning));
    expect(warned).toBe(int8.quantization!.fastAgainstExactDb! < 60);
  });

  test('latency at each core number: warm-up apart, and a percentile of too few samples withheld with the reason', () => {
    for (const backend of result.record.backends) {
      expect(backend.latency.map(({ coreNumber }) => coreNumber)).toEqual([1, 2]);
      for (const { host, warmUpMs, provenance, device } of backend.latency) {
        expect({ provenance, device }).toEqual({ provenance: 'measured', device: null });
        expect(warmUpMs.length).toBeGreaterThanOrEqual(2);
        expect(host!.samples).toBeGreaterThanOrEqual(5);
        expect(host!.samples).toBeLessThanOrEqual(6);
        expect(host!.p50Ms).toBeGreaterThanOrEqual(host!.minMs);
        expect([host!.p90Ms, host!.p95Ms, host!.p99Ms]).toEqual([null, null, null]);
        expect(host!.withheld).toEqual([
          expect.stringMatching(/^p90 needs \d+ samples$/),
          expect.stringMatching(/^p95 needs \d+ samples$/),
          expect.stringMatching(/^p99 needs \d+ samples$/),
        ]);
      }
    }
  });

  test('the folder: record, page, detections, raw outputs of the backends and of nothing else', () => {
    expect(readdirSync(result.folder)).toEqual(
      expect.arrayContaining(['detections', 'images.json', 'raw', 'report.html', 'run.json']),
    );
    const everything = readdirSync(result.folder, { recursive: true, encoding: 'utf8' });
    expect(everything.filter((name) => name.endsWith('.part'))).toEqual([]);
    expect(readdirSync(inFolder('detections')).sort()).toEqual(['cpu-float.json', 'int16.json', 'int8.json']);
    expect(readdirSync(inFolder('raw')).sort()).toEqual(['cpu-float', 'int16', 'int8']);
    for (const backend of ['cpu-float', 'int16', 'int8'])
      expect(readdirSync(inFolder('raw', backend))).toHaveLength(4);
    expect(readNpy(inFolder('raw', 'int8', `${result.record.dataset.imageIds[0]}.npy`)).shape).toEqual([
      1, 3549, 85,
    ]);
    const perImage = JSON.parse(readFileSync(inFolder('images.json'), 'utf8')) as { imageId: number }[];
    expect(perImage.map(({ imageId }) => imageId)).toEqual(result.record.dataset.imageIds);
  });

  test('report.html: the verdict and the figures, nothing fetched, int16 never without "emulated"', () => {
    const page = readFileSync(inFolder('report.html'), 'utf8');
    expect(page.startsWith('<!doctype html>')).toBe(true);
    for (const { metrics } of result.record.backends)
      for (const name of NAMES) expect(page.includes(metrics![name]?.toFixed(4) ?? '–'), name).toBe(true);
    expect(page.includes(`content="default-src 'none'; `)).toBe(true);
    // What a script holds inside is text to the browser; the tags around it are what could fetch.
    const tags = page.replace(/(<script\b[^>]*>)[\s\S]*?<\/script>/g, '$1').match(/<[a-z][^>]*>/gi)!;
    const fetching = tags.filter((tag) => /^<(link|iframe|object)\b|\b(src|href)="?(\w+:)?\/\//i.test(tag));
    expect(fetching).toEqual([]);
    expect(tags.filter((tag) => /^<script\b[^>]*\bsrc=/i.test(tag))).toEqual([]);
    expect(/@import|url\((?!["']?data:)/.test(page.replace(/<script\b[\s\S]*?<\/script>/g, ''))).toBe(false);
    const cells = [...page.matchAll(/<th scope="row">([^<]*)<\/th>/g)].map(([, cell]) => cell!);
    const quantized = cells.filter((cell) => /^int(16|8)\b/.test(cell));
    expect(quantized.length).toBeGreaterThan(4);
    for (const cell of quantized) expect(cell).toMatch(/^int(16|8) \(emulated\)/);
    expect(page.includes('<p class="verdict">int16 (emulated) ')).toBe(true);
  });

  test('the same seed takes the same images, another one others', async () => {
    const quick: RunConfig = { ...common, backends: ['cpu-float'], latency: false, noiseFloorImages: 0 };
    const again = await runConfig({ ...quick, out: join(dir, 'again') });
    const other = await runConfig({ ...quick, seed: 8, out: join(dir, 'other') });
    expect(again.record.dataset.imageIds).toEqual(result.record.dataset.imageIds);
    expect(other.record.dataset.imageIds).not.toEqual(result.record.dataset.imageIds);
    expect(again.record.backends[0]!.metrics).toEqual(float.metrics);
    expect(again.record.noiseFloorNote).toContain('--noise-floor-images 0');
  });

  test('other float weights than those of the quantised checkpoint are run, and said to be other ones', async () => {
    const { record } = await runConfig({
      ...common,
      weights: 'random:yolox-nano?seed=1',
      size: 64,
      images: 1,
      backends: ['cpu-float', 'int8'],
      quantized: { all: sharedPath('golden', 'quantize', 'yolox_nano_int8.pt') },
      latency: false,
      noiseFloorImages: 0,
      out: join(dir, 'other-weights'),
    });
    expect(record.warnings).toEqual([
      expect.stringMatching(
        /^yolox_nano_int8\.pt holds other weights than random:yolox-nano\?seed=1 \(first at /,
      ),
    ]);
    expect(record.verdict.sentence).toMatch(
      /^Other weights: int8 \(emulated\) ran yolox_nano_int8\.pt, which holds other ones than random:yolox-nano\?seed=1 \(first at \S+\), and/,
    );
    expect(result.record.warnings.join()).not.toContain('other weights');
    expect(result.record.verdict.sentence).not.toContain('Other weights');
  });
});
