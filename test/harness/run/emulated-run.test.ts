import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { RunConfig } from '../../../harness/config/run-config.ts';
import type { RunResult } from '../../../harness/run/run.ts';
import { roundToVendorHalf } from '../../../reference/quantize/index.ts';
import { parseRunRecord } from '../../../reports/index.ts';
import { makeCocoFolder } from '../../support/make-coco-folder.ts';
import { readNpy } from '../../support/npy.ts';
import { runConfig } from '../../support/run-config.ts';
import { hasShared, sharedPath } from '../../support/shared.ts';
import { suiteFolder } from '../../support/suite-folder.ts';

const MLU = ['mlu-online', 'mlu-offline'] as const;

describe('a run with all four backends and no card', () => {
  const dir = suiteFolder();
  const coco = join(dir, 'coco');
  const common: RunConfig = {
    weights: 'random:yolox-nano?seed=1',
    dataset: coco,
    calibration: coco,
    size: 64,
    conf: 0,
    demoConf: 0,
    noiseFloorImages: 0,
  };
  let result: RunResult;

  beforeAll(async () => {
    await makeCocoFolder(coco, 2);
    result = await runConfig({
      ...common,
      backends: ['cpu-float', 'int16', ...MLU],
      activations: 'float16',
      functions: 'table',
      cores: [1],
      latencySamples: 6,
      latencySeconds: 1,
      saveRaw: true,
      out: join(dir, 'run'),
    });
  });

  test('the record says what was emulated, and takes itself back', () => {
    const { record } = result;
    expect(record).toMatchObject({ status: 'complete', verdict: { exitCode: 0 } });
    expect(parseRunRecord(JSON.parse(JSON.stringify(record)))).toEqual(record);
    const [float, int16, online, offline] = record.backends;
    for (const backend of [online!, offline!]) {
      expect(backend).toMatchObject({
        precision: 'int16 exact, float16 activations',
        device: 'MLU, emulated on CPU',
        decoded: true,
        outputProvenance: 'emulated',
        images: 2,
        failure: null,
        quantization: { bits: 16, execution: 'exact', convolutions: 83, floatConvolutions: 30 },
        emulation: { activations: 'float16', functions: expect.stringContaining('256 chords') },
      });
      expect(backend.quantization!.saturation).toHaveLength(83);
    }
    expect(online!.emulation).toMatchObject({ decode: 'two concatenations' });
    expect(offline!.emulation).toMatchObject({ outputLayout: 'batch, channels, 1, anchors' });
    for (const backend of [float!, int16!]) expect(Object.keys(backend)).not.toContain('emulation');
  });

  test('no emulated card is timed: its latency is modelled at the core numbers of the card', () => {
    const { backends } = result.record;
    expect(backends.map(({ name, latency }) => [name, latency.length])).toEqual([
      ['cpu-float', 1],
      ['int16', 1],
      ['mlu-online', 1],
      ['mlu-offline', 1],
    ]);
    for (const { latency, latencyProvenance } of backends.slice(2)) {
      expect(latencyProvenance).toBe('modelled');
      expect(latency[0]).toMatchObject({ provenance: 'modelled', host: null, modelled: { card: 'MLU270' } });
      // Float16 activations are half the bytes.
      expect(latency[0]!.modelled).toMatchObject({ activationBytes: 2, bits: 16 });
    }
    const page = readFileSync(join(result.folder, 'report.html'), 'utf8');
    for (const name of MLU) {
      expect(page).toContain(`<dt>${name}, int16 (emulated)</dt>`);
    }
    expect(page).toContain('emulated with 1 thread; outputs emulated');
    expect(page).toContain('activations float16, rounded after every operator (convolution');
    expect(page).toContain(
      'decoded on the device by fixed grids and strides; output [batch, channels, 1, anchors]',
    );
  });

  test('outputs are compared after decode alone, hold halves, and nobody is accused', () => {
    for (const { name, tensorDifference, decodeState } of result.record.backends.slice(2)) {
      expect(tensorDifference).toMatchObject({ images: 2, raw: null });
      expect(decodeState).toMatchObject({ state: 'decoded', healthy: true, findings: [] });
      const { shape, data } = readNpy(join(result.folder, 'raw', name, '1.npy'));
      expect(shape).toEqual([1, 84, 85]);
      expect(data).toEqual(data.map(roundToVendorHalf));
    }
  });

  test('an emulated card may be the reference, its decoded output held against raw ones, in int8', async () => {
    const { record } = await runConfig({
      ...common,
      backends: ['mlu-offline', 'cpu-float', 'mlu-online'],
      bits: 8,
      latency: false,
      out: join(dir, 'reference'),
    });
    expect(record).toMatchObject({ status: 'complete', verdict: { exitCode: 0 } });
    const [offline, float, online] = record.backends;
    expect(offline).toMatchObject({ isReference: true, precision: 'int8 exact, float32 activations' });
    expect(float).toMatchObject({ decoded: false, tensorDifference: { images: 2, raw: null } });
    expect(record.noiseFloorNote).toBe('not measured: --noise-floor-images 0');
    expect(float!.decodeState).toMatchObject({ state: 'raw', healthy: true });
    expect(online!.decodeState).toMatchObject({ state: 'decoded', healthy: true });
    // Both compute the same network but for the last places of float32; equal outputs have no SQNR.
    const sqnr = (backend: typeof float): number =>
      backend!.tensorDifference!.decoded.find(({ group }) => group === 'all')!.metrics.sqnr!.min ??
      Number.POSITIVE_INFINITY;
    expect(sqnr(online)).toBeGreaterThan(sqnr(float));
  });
});

describe.skipIf(!hasShared)('emulated cards on YOLOX-nano and two images of COCO', () => {
  const dir = suiteFolder();
  const numerics = (['float32', 'float16'] as const).flatMap((activations) =>
    (['exact', 'table'] as const).map((functions) => ({ activations, functions })),
  );

  test.each(numerics)('%j: near int16, decoded, and found healthy', async ({ activations, functions }) => {
    const { record } = await runConfig({
      weights: sharedPath('data', 'yolox_nano', 'yolox_nano.pth'),
      dataset: sharedPath('data', 'coco_val50'),
      quantized: { all: sharedPath('golden', 'quantize', 'yolox_nano_int16.pt') },
      backends: ['int16', ...MLU],
      imageIds: [397133, 480985],
      ...{ activations, functions },
      latency: false,
      noiseFloorImages: 0,
      out: join(dir, `${activations}-${functions}`),
    });
    for (const { decodeState, tensorDifference, detectionDifference } of record.backends.slice(1)) {
      expect(decodeState).toMatchObject({ state: 'decoded', healthy: true, findings: [], images: 2 });
      const sqnr = tensorDifference!.decoded.find(({ group }) => group === 'all')!.metrics.sqnr!.min!;
      expect(sqnr).toBeGreaterThan(activations === 'float32' && functions === 'exact' ? 60 : 40);
      expect(sqnr).toBeLessThan(120);
      expect([detectionDifference!.lost, detectionDifference!.gained]).toEqual([0, 0]);
    }
  });
});
