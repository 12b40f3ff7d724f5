import { describe, expect, test } from 'vitest';
import { emulatedMluBackend, offlineOutput } from '../../../harness/backends/emulated-mlu.ts';
import type { DeviceNumerics } from '../../../harness/backends/emulated-mlu-graph.ts';
import type { MluBackendName } from '../../../harness/config/option-choices.ts';
import { readOfflineOutput } from '../../../harness/backends/offline-output.ts';
import { quantizedBackend } from '../../../harness/backends/quantized-backend.ts';
import { openEngine } from '../../../harness/engines/index.ts';
import { BadDataError } from '../../../harness/errors.ts';
import { anchorGrid, decodeInPlace } from '../../../reference/decode/index.ts';
import {
  buildYolox,
  createVariant,
  type Graph,
  officialVariant,
  quantizableConvs,
  randomWeights,
  scalesFromCalibration,
} from '../../../reference/network/index.ts';
import { roundToVendorHalf } from '../../../reference/quantize/index.ts';
import { float32Tensor, type Tensor } from '../../../reference/tensor.ts';
import { largestRelativeDifference } from '../../support/largest-difference.ts';
import { randomPixels } from '../../support/random-graph.ts';

const FLOAT32: DeviceNumerics = { activations: 'float32', functions: 'exact' };
const FLOAT16: DeviceNumerics = { activations: 'float16', functions: 'exact' };
const variant = createVariant(0.33, 2 / 64, { classes: 3, depthwise: true });
const yolox = buildYolox(variant, randomWeights(variant, 4));
const input = randomPixels([2, 3, 64, 96], 1);
const engine = await openEngine('onnxruntime');

function common(graph: Graph, absmax = 8) {
  const ranges = new Map(quantizableConvs(graph).map(({ name }) => [name, absmax]));
  const { scales } = scalesFromCalibration(graph, ranges, { bits: 16, weightGranularity: 'per-tensor' });
  return { graph, scales, bits: 16 as const, rounding: 'half-away-from-zero' as const, engine };
}

const emulated = (name: MluBackendName, numerics: DeviceNumerics, graph = yolox) =>
  emulatedMluBackend({ ...common(graph), name, numerics });

/** Output of one call, and what the backend says of itself. */
async function outputOf(factory: ReturnType<typeof emulatedMluBackend>, pixels: Tensor = input) {
  const backend = await factory.open({ coreNumber: 1, purpose: 'accuracy' });
  const { output } = await backend.infer(pixels);
  const kept = float32Tensor(output.data.slice(), output.shape, output.layout);
  const seen = { output: kept, description: backend.describe(), saturation: backend.saturation() };
  await backend.close();
  return seen;
}

describe('float32 activations', () => {
  test('both give int16 decoded, to the last places of float32, as [batch, anchors, channels] of any size', async () => {
    const { output } = await outputOf(
      quantizedBackend({ ...common(yolox), name: 'int16', execution: 'exact' }),
    );
    const expected = decodeInPlace(output, { height: 64, width: 96 });
    for (const name of ['mlu-online', 'mlu-offline'] as const) {
      const actual = await outputOf(emulated(name, FLOAT32));
      expect([actual.output.shape, actual.output.layout]).toEqual([[2, 126, 8], 'NAC']);
      // The last place of an activation may carry an integer of the next convolution to its neighbour.
      expect(largestRelativeDifference(actual.output.data, expected.data)).toBeLessThan(1e-4);
      expect(actual.saturation).toHaveLength(83);
    }
  });

  test('they say that they are emulated and decoded, and that no time of theirs is measured', async () => {
    const { description } = await outputOf(emulated('mlu-offline', FLOAT32));
    expect(description).toMatchObject({
      name: 'mlu-offline',
      precision: 'int16 exact, float32 activations',
      device: 'MLU, emulated on CPU',
      decoded: true,
      outputProvenance: 'emulated',
      latencyProvenance: 'modelled',
      emulation: { activations: 'float32', functions: 'exact', decode: 'fixed grids and strides' },
    });
  });
});

describe('float16 activations', () => {
  test('every value handed over is a half; online, rounded more often, is farther from float32 than offline', async () => {
    const distance = async (name: MluBackendName): Promise<number> => {
      const half = await outputOf(emulated(name, FLOAT16));
      expect(half.output.data).toEqual(half.output.data.map(roundToVendorHalf));
      const float = await outputOf(emulated(name, FLOAT32));
      let sum = 0;
      half.output.data.forEach((value, i) => {
        sum += (value - float.output.data[i]!) ** 2;
      });
      return Math.sqrt(sum);
    };
    const [online, offline] = [await distance('mlu-online'), await distance('mlu-offline')];
    expect(offline).toBeGreaterThan(0);
    expect(online).toBeGreaterThan(offline);
  });

  test('saturate at 65504, inside the network and in the decoded boxes', async () => {
    const tensors = new Map(yolox.tensors);
    const bias = (name: string, value: number): void => {
      tensors.set(
        name,
        float32Tensor(
          tensors.get(name)!.data.map(() => value),
          tensors.get(name)!.shape,
        ),
      );
    };
    bias('head.reg_preds.0.bias', 20);
    bias('head.reg_preds.1.bias', 1e6);
    const loud = { ...yolox, tensors };
    for (const name of ['mlu-online', 'mlu-offline'] as const) {
      const { data } = (await outputOf(emulated(name, FLOAT16, loud))).output;
      const box = (anchor: number): number[] => [...data.subarray(anchor * 8, anchor * 8 + 4)];
      // exp(20) and its product with the stride; 1e6 is 65504 before it is decoded, and stays there after · 16.
      expect(box(0).slice(2)).toEqual([65504, 65504]);
      expect(box(96)).toEqual([65504, 65504, 65504, 65504]);
      const float = (await outputOf(emulated(name, FLOAT32, loud))).output.data;
      expect(float[2]).toBeGreaterThan(1e9);
      expect(float[96 * 8]).toBeGreaterThan(1.5e7);
    }
  });
});

test('the table moves scores and boxes by little, and by something', async () => {
  for (const name of ['mlu-online', 'mlu-offline'] as const) {
    const exact = await outputOf(emulated(name, FLOAT32));
    const table = await outputOf(emulated(name, { ...FLOAT32, functions: 'table' }));
    const moved = largestRelativeDifference(table.output.data, exact.output.data);
    expect(moved).toBeGreaterThan(1e-6);
    expect(moved).toBeLessThan(1e-2);
    expect(table.description.emulation!.functions).toMatch(/^sigmoid of 256 chords .*; exp as /);
  }
});

test('scales of another network are refused as unusable data', () => {
  const scales = new Map([...common(yolox).scales].slice(1));
  expect(() =>
    emulatedMluBackend({ ...common(yolox), scales, name: 'mlu-online', numerics: FLOAT32 }),
  ).toThrow(BadDataError);
});

test("the tutorial's YOLOX-s at 640: an offline output 1 85 1 8400, restored bit for bit", async () => {
  const small = officialVariant('s');
  const graph = buildYolox(small, randomWeights(small, 1));
  const pixels = randomPixels([1, 3, 640, 640], 1);
  const { output: offline } = await outputOf(emulated('mlu-offline', FLOAT32, graph), pixels);
  expect(offline.shape).toEqual([1, 8400, 85]);
  const inMemory = offlineOutput(offline, FLOAT32);
  expect(inMemory.shape.join(' ')).toBe('1 85 1 8400');
  expect(inMemory.data.byteLength).toBe(2_856_000);
  const anchor = 4321;
  for (let channel = 0; channel < 85; channel++)
    expect(inMemory.data[channel * 8400 + anchor]).toBe(offline.data[anchor * 85 + channel]);
  const grid = anchorGrid({ height: 640, width: 640 });
  expect(readOfflineOutput(inMemory, 1, grid)).toEqual(offline);
});
