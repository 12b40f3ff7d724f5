import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { onnxruntimeEngine } from '../../../../harness/engines/onnxruntime/onnxruntime-engine.ts';
import { quantizedInput } from '../../../../harness/engines/tfjs/quantized-input.ts';
import { onRuntime } from '../../../../harness/engines/tfjs/runtime.ts';
import { tfjsEngine } from '../../../../harness/engines/tfjs/tfjs-engine.ts';
import { BackendError } from '../../../../harness/errors.ts';
import {
  buildYolox,
  calibrationTaps,
  createVariant,
  quantizeConvs,
  randomWeights,
  scalesFromCalibration,
  tapLayers,
} from '../../../../reference/network/index.ts';
import { quantize } from '../../../../reference/quantize/index.ts';
import { createRandom } from '../../../../reference/random.ts';
import { float32Tensor } from '../../../../reference/tensor.ts';

describe('input integers on TensorFlow.js', () => {
  const random = createRandom(21);
  const edges = [
    0, 0.49999997, -0.49999997, 0.50000006, 32766.5, 32767.5, -32768.5, 127.5, -128.5, 1e30, -1e30,
  ];
  const ties = Array.from({ length: 400 }, () => random.integer(66000) - 33000 + 0.5);
  const fine = Array.from({ length: 2000 }, () => (random.integer(70000 * 512) - 35000 * 512) / 512);
  const values = Float32Array.from([...edges, ...ties, ...fine]);

  it.each(['half-away-from-zero', 'half-to-even', 'half-up'] as const)(
    '%s: equal to the reference bit by bit, with its count of clamped values',
    async (rounding) => {
      for (const bits of [8, 16] as const) {
        for (const inputQuantScale of [1, Math.fround(0.37)]) {
          const expected = quantize(values, inputQuantScale, bits, rounding);
          const quantization = { bits, inputQuantScale, weightQuantScale: Float32Array.of(1), rounding };
          const { plain, counted, saturated } = await onRuntime(1, async () => {
            const counts: tf.Tensor[] = [];
            const [first, second] = tf.tidy(() => {
              const x = tf.tensor4d(values, [1, 1, 1, values.length]);
              return [
                quantizedInput(x, quantization),
                quantizedInput(x, quantization, (count) => counts.push(tf.keep(count))),
              ];
            });
            const [plain, counted] = [await first.data(), await second.data()];
            const saturated = (await counts[0].data())[0];
            tf.dispose([first, second, ...counts]);
            return { plain, counted, saturated };
          });
          expect([...plain].map((value) => value + 0)).toEqual([...expected.integers]);
          expect([...counted].map((value) => value + 0)).toEqual([...expected.integers]);
          expect(saturated).toBe(expected.saturated);
        }
      }
    },
  );
});

describe('a quantised network on TensorFlow.js, fast execution', () => {
  const variant = createVariant(0.33, 0.125, { classes: 2, depthwise: true });
  const float = buildYolox(variant, randomWeights(variant, 3));
  const absmax = new Map(
    [...calibrationTaps(float).keys()].map((name) => [name, name.includes('.stem.') ? 200 : 4]),
  );
  const { scales } = scalesFromCalibration(float, absmax, { bits: 16, weightGranularity: 'per-channel' });
  const quantized = quantizeConvs(float, scales, { rounding: 'half-away-from-zero' });
  // The quantised stem and the float depthwise convolution behind it: from the next rounding on, a last bit may flip an integer.
  const early = quantized.nodes.filter((node) => node.op === 'silu').slice(0, 2);
  const graph = tapLayers(
    quantized,
    early.map((node) => node.output),
  );
  const random = createRandom(4);
  const input = float32Tensor(
    Float32Array.from({ length: 3 * 64 * 96 }, () => random.integer(256)),
    [1, 3, 64, 96],
    'NCHW',
  );

  it('agrees with exact execution to float32 noise, and counts the same clamped pixels', async () => {
    const exact = await onnxruntimeEngine.open(graph, {
      threads: 1,
      quantizedExecution: 'exact',
      countSaturation: true,
    });
    const fast = await tfjsEngine.open(graph, {
      threads: 1,
      quantizedExecution: 'fast',
      countSaturation: true,
    });
    const expected = await exact.run(input);
    const actual = await fast.run(input);
    for (let i = 1; i <= 2; i++) {
      const largest = expected[i].data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      actual[i].data.forEach((value, at) => {
        if (Math.abs(value - expected[i].data[at]) > 1e-5 * largest)
          throw new Error(`output ${i} differs at ${at}`);
      });
    }
    expect(actual[0].shape).toEqual(expected[0].shape);
    const [stem] = fast.saturation();
    expect(stem).toEqual(exact.saturation()[0]);
    expect(stem.saturated).toBe(input.data.filter((value) => value > 200).length);
    expect(fast.saturation().map(({ layer, total }) => [layer, total])).toEqual(
      exact.saturation().map(({ layer, total }) => [layer, total]),
    );
    await fast.run(input);
    expect(fast.saturation()[0].saturated).toBe(2 * stem.saturated);
    const tensors = tf.memory().numTensors;
    await fast.run(input);
    expect(tf.memory().numTensors).toBe(tensors);
    await exact.close();
    await fast.close();
  });

  it('refuses the exact execution, which it cannot carry out', async () => {
    await expect(tfjsEngine.open(quantized, { threads: 1 })).rejects.toThrow(BackendError);
    await expect(tfjsEngine.open(quantized, { threads: 1, quantizedExecution: 'exact' })).rejects.toThrow(
      /fast/,
    );
  });
});
