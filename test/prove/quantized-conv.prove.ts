import { describe, expect, it } from 'vitest';
import { calibrate } from '../../harness/calibration/calibrate.ts';
import { onnxruntimeEngine } from '../../harness/engines/onnxruntime/onnxruntime-engine.ts';
import { tensorDiff } from '../../reference/compare/index.ts';
import {
  buildYolox,
  officialVariant,
  quantizeConvs,
  randomWeights,
  scalesFromCalibration,
} from '../../reference/network/index.ts';
import { createRandom } from '../../reference/random.ts';
import { float32Tensor, type Tensor } from '../../reference/tensor.ts';
import {
  bigIntConv,
  type ConvCase,
  runQuantizedConv,
} from '../harness/engines/onnxruntime/run-quantized-conv.ts';

const CASES = 600;

describe('quantised convolutions, exact execution', () => {
  it(`${CASES} random shapes, values and widths: every sum equals the BigInt sum, rounded once`, async () => {
    const random = createRandom(2024);
    const pick = <T>(items: readonly T[]): T => items[random.integer(items.length)];
    const filled = (shape: readonly number[], bits: 8 | 16): Tensor => {
      const limit = 2 ** (bits - 1);
      const extremes = random.integer(4) === 0;
      const value = () => (extremes ? pick([-limit, limit - 1]) : random.integer(2 * limit) - limit);
      const count = shape.reduce((product, extent) => product * extent, 1);
      return float32Tensor(Float32Array.from({ length: count }, value), shape);
    };
    for (let i = 0; i < CASES; i++) {
      const bits = pick([8, 16] as const);
      const kernel = pick([1, 1, 2, 3, 5, 6]);
      const groups = pick([1, 1, 1, 2, 3]);
      const inPerGroup = 1 + random.integer(pick([4, 40, 200]));
      const channels = groups * (1 + random.integer(6));
      const stride = pick([1, 1, 2, 3]);
      const padding = random.integer(kernel);
      const height = kernel + random.integer(6);
      const width = kernel + random.integer(6);
      const conv: ConvCase = {
        input: filled([1 + random.integer(2), groups * inPerGroup, height, width], bits),
        weight: filled([channels, inPerGroup, kernel, kernel], bits),
        stride,
        padding,
        groups,
        quantization: {
          bits,
          inputQuantScale: 1,
          weightQuantScale: Float32Array.of(1),
          rounding: pick(['half-away-from-zero', 'half-to-even', 'half-up']),
        },
      };
      const { sums, shape } = bigIntConv(conv);
      const actual = await runQuantizedConv(conv, { execution: 'exact', countSaturation: false });
      const what = JSON.stringify({
        bits,
        kernel,
        groups,
        inPerGroup,
        channels,
        stride,
        padding,
        height,
        width,
      });
      expect(actual.shape, what).toEqual(shape);
      const wrong = sums.findIndex((sum, at) => Math.fround(Number(sum)) !== actual.values[at]);
      expect(wrong, what).toBe(-1);
    }
  }, 600_000);
});

describe('YOLOX-s at 640 with seeded random weights', () => {
  it('runs in int16 and int8, exact and fast: [1, 8400, 85], int16 nearer to float than int8 by 30 dB', async () => {
    const variant = officialVariant('s');
    const graph = buildYolox(variant, randomWeights(variant, 1));
    const random = createRandom(3);
    const pixels = Float32Array.from({ length: 3 * 640 * 640 }, () => random.integer(256));
    const input = float32Tensor(pixels, [1, 3, 640, 640], 'NCHW');
    const engine = onnxruntimeEngine;
    const absmax = await calibrate({
      graph,
      inputs: [input],
      engine,
      method: { kind: 'absmax' },
      threads: 2,
    });
    expect(absmax.size).toBe(83);

    const run = async (bits: 8 | 16 | 32, execution: 'exact' | 'fast'): Promise<Tensor> => {
      const { scales } = scalesFromCalibration(graph, absmax, {
        bits: bits === 8 ? 8 : 16,
        weightGranularity: 'per-tensor',
      });
      const quantized =
        bits === 32 ? graph : quantizeConvs(graph, scales, { rounding: 'half-away-from-zero' });
      const session = await engine.open(quantized, {
        threads: 2,
        quantizedExecution: execution,
        countSaturation: true,
      });
      const [output] = await session.run(input);
      // Calibrated on this very image: beyond its absmax lies only what the rounding of earlier layers pushed there.
      const allowed = bits === 8 ? 1e-2 : 1e-4;
      for (const { saturated, total } of session.saturation())
        expect(saturated / total).toBeLessThan(allowed);
      const copy = float32Tensor(output.data.slice(), output.shape);
      await session.close();
      return copy;
    };
    const decibels = (reference: Tensor, actual: Tensor): number => {
      const diff = tensorDiff(reference, actual);
      return diff.state === 'compared' ? diff.sqnr : Number.NaN;
    };
    const float = await run(32, 'exact');
    const [exact16, fast16] = [await run(16, 'exact'), await run(16, 'fast')];
    const [exact8, fast8] = [await run(8, 'exact'), await run(8, 'fast')];
    for (const output of [float, exact16, fast16, exact8, fast8]) expect(output.shape).toEqual([1, 8400, 85]);
    expect(decibels(float, exact16)).toBeGreaterThan(decibels(float, exact8) + 30);
    // Rounding turns a difference of δ steps into one of √δ steps (rms) at every layer, so that two runs that differ in one
    // last bit end a few layers on as far apart as the quantisation noise itself; but not further.
    expect(decibels(exact16, fast16)).toBeGreaterThan(decibels(float, exact16) - 3);
    expect(decibels(exact8, fast8)).toBeGreaterThan(decibels(float, exact8) - 3);
  }, 600_000);
});
