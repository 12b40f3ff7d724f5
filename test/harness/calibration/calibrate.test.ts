import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readImage } from '../../../datasets/index.ts';
import { calibrate } from '../../../harness/calibration/calibrate.ts';
import { onnxruntimeEngine } from '../../../harness/engines/onnxruntime/onnxruntime-engine.ts';
import { BadDataError } from '../../../harness/errors.ts';
import { loadWeights } from '../../../harness/weights/index.ts';
import {
  buildYolox,
  createVariant,
  describeVariant,
  quantizableConvs,
  randomWeights,
  tapLayers,
} from '../../../reference/network/index.ts';
import { createLetterbox } from '../../../reference/preprocess/index.ts';
import { createRandom } from '../../../reference/random.ts';
import { float32Tensor, type Tensor } from '../../../reference/tensor.ts';
import { hasShared, sharedPath } from '../../support/shared.ts';

const variant = createVariant(0.33, 0.125, { classes: 3 });
const graph = buildYolox(variant, randomWeights(variant, 5));

function pixels(seed: number, largest: number): Tensor {
  const random = createRandom(seed);
  return float32Tensor(
    Float32Array.from({ length: 3 * 64 * 96 }, () => random.next() * largest),
    [1, 3, 64, 96],
    'NCHW',
  );
}

const inputs = [pixels(1, 200), pixels(2, 255), pixels(3, 90)];

/** Inputs of all convolutions on each image, tapped whole: the oracle of what the observers see. */
async function activations(): Promise<Map<string, Float32Array[]>> {
  const convolutions = quantizableConvs(graph);
  const tapped = tapLayers(
    graph,
    convolutions.map((node) => node.inputs[0]),
  );
  const session = await onnxruntimeEngine.open(tapped, { threads: 1 });
  const seen = new Map<string, Float32Array[]>(convolutions.map((node) => [node.name, []]));
  for (const input of inputs) {
    const outputs = await session.run(input);
    for (const node of convolutions) {
      const data = outputs[tapped.outputs.indexOf(node.inputs[0])].data;
      seen.get(node.name)!.push(data.slice());
    }
  }
  await session.close();
  return seen;
}

const largest = (values: Float32Array): number =>
  values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

describe('calibrate', () => {
  const common = { graph, engine: onnxruntimeEngine, threads: 2 };

  it('absmax: the largest magnitude of every convolution input over the images, times the headroom', async () => {
    const found = await calibrate({ ...common, inputs, method: { kind: 'absmax', headroom: 1.25 } });
    const seen = await activations();
    expect([...found.keys()]).toEqual([...seen.keys()]);
    for (const [layer, arrays] of seen) {
      expect(found.get(layer)! / (1.25 * Math.max(...arrays.map(largest)))).toBeCloseTo(1, 5);
    }
  });

  it("running average: torch_mlu's use_avg over the minima and maxima", async () => {
    const method = { kind: 'absmax', merge: 'running-average' } as const;
    const found = await calibrate({ ...common, inputs, method });
    for (const [layer, arrays] of await activations()) {
      const [a, b, c] = arrays.map((values) =>
        values.reduce((m, v) => Math.max(m, v), Number.NEGATIVE_INFINITY),
      );
      const [p, q, r] = arrays.map((values) =>
        values.reduce((m, v) => Math.min(m, v), Number.POSITIVE_INFINITY),
      );
      const max = (3 * ((2 * a + b) / 3) + c) / 4;
      const min = (3 * ((2 * p + q) / 3) + r) / 4;
      expect(found.get(layer)! / Math.max(max, -min)).toBeCloseTo(1, 5);
    }
  });

  it('percentile: at most 1/4096 of the largest magnitude above the exact order statistic, 100 the absmax', async () => {
    const found = await calibrate({ ...common, inputs, method: { kind: 'percentile', percentile: 99 } });
    const whole = await calibrate({ ...common, inputs, method: { kind: 'percentile', percentile: 100 } });
    for (const [layer, arrays] of await activations()) {
      const sorted = Float32Array.from(arrays.flatMap((values) => [...values.map(Math.abs)])).sort();
      const exact = sorted[Math.ceil(0.99 * sorted.length) - 1];
      const most = sorted.at(-1)!;
      expect(found.get(layer)!).toBeGreaterThanOrEqual(exact * (1 - 1e-5));
      expect(found.get(layer)!).toBeLessThanOrEqual(exact + most / 4096 + 1e-5 * most);
      expect(whole.get(layer)! / most).toBeCloseTo(1, 5);
    }
  });

  it('refuses no images, a network that gives NaN, and a percentile or headroom out of range', async () => {
    const method = { kind: 'absmax' } as const;
    await expect(calibrate({ ...common, inputs: [], method })).rejects.toThrow(BadDataError);
    const broken = pixels(4, 255);
    broken.data[7] = Number.NaN;
    await expect(calibrate({ ...common, inputs: [inputs[0], broken], method })).rejects.toThrow(
      /image 2 is not finite/,
    );
    const wrong = { kind: 'percentile', percentile: 0 } as const;
    await expect(calibrate({ ...common, inputs, method: wrong })).rejects.toThrow(RangeError);
    await expect(calibrate({ ...common, inputs, method: { ...method, headroom: 0 } })).rejects.toThrow(
      RangeError,
    );
  });
});

describe.skipIf(!hasShared)('YOLOX-nano on the eight golden calibration images', () => {
  it('gives the golden input absmax to float32 noise', async () => {
    const golden = JSON.parse(readFileSync(sharedPath('golden', 'quantize', 'calibration.json'), 'utf8')) as {
      calibration: { images: string[] };
      input_absmax: Record<string, number>;
    };
    const { tensors } = await loadWeights(sharedPath('data', 'yolox_nano', 'yolox_nano.pth'));
    const nano = buildYolox(describeVariant(tensors), tensors);
    const letterbox = createLetterbox({ width: 416, height: 416 });
    async function* images(): AsyncGenerator<Tensor> {
      for (const name of golden.calibration.images) {
        const out = new Float32Array(letterbox.valuesPerImage);
        letterbox.into(await readImage(sharedPath('data', 'coco_train50', 'images', name)), out);
        yield float32Tensor(out, [1, 3, 416, 416], 'NCHW');
      }
    }
    const method = { kind: 'absmax' } as const;
    const found = await calibrate({
      graph: nano,
      inputs: images(),
      engine: onnxruntimeEngine,
      threads: 2,
      method,
    });
    expect(found.size).toBe(83);
    const errors = [...found].map(([layer, absmax]) => Math.abs(absmax / golden.input_absmax[layer] - 1));
    errors.sort((a, b) => a - b);
    // One value is one float32 sum: the noise grows with depth, from nothing at the stem to 3e-5 in the head.
    expect(errors[41]).toBeLessThan(2e-6);
    expect(errors.at(-1)).toBeLessThan(1e-4);
  }, 60_000);
});
