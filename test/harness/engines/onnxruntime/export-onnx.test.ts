import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { afterAll, expect, test } from 'vitest';
import { openEngine } from '../../../../harness/engines/index.ts';
import { exportOnnx } from '../../../../harness/engines/onnxruntime/export-onnx.ts';
import { decodeModel } from '../../../../harness/onnx/model-proto.ts';
import { loadWeights } from '../../../../harness/weights/index.ts';
import { decodeInPlace } from '../../../../reference/decode/index.ts';
import {
  buildYolox,
  createVariant,
  describeVariant,
  foldBatchNorm,
  randomWeights,
} from '../../../../reference/network/index.ts';
import { float32Tensor } from '../../../../reference/tensor.ts';
import { largestDifference, largestRelativeDifference } from '../../../support/largest-difference.ts';
import { randomPixels } from '../../../support/random-graph.ts';

const variant = createVariant(0.33, 4 / 64, { classes: 6, depthwise: true });
const graph = foldBatchNorm(buildYolox(variant, randomWeights(variant, 2)));
const input = randomPixels([1, 3, 64, 96], 1);
const folder = mkdtempSync(join(tmpdir(), 'export-onnx-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function runFile(bytes: Uint8Array, shape = input.shape, data = input.data): Promise<ort.Tensor> {
  const session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 3 });
  const { output } = await session.run({ images: new ort.Tensor('float32', data, shape) });
  await session.release();
  return output!;
}

async function expectedRaw(): Promise<Float32Array> {
  const session = await (await openEngine('onnxruntime')).open(graph, { threads: 1 });
  const [raw] = await session.run(input);
  const data = raw!.data.slice();
  await session.close();
  return data;
}

test.each([11, 12, 13, 14, 15, 16, 17])(
  'operator set %i runs, named images and output, and gives the same',
  async (opset) => {
    const output = await runFile(exportOnnx(graph, { opset, inputSize: { height: 64, width: 96 } }));
    expect(output.dims).toEqual([1, 126, 11]);
    expect(largestDifference(output.data as Float32Array, await expectedRaw())).toBeLessThan(1e-5);
  },
);

test('an input size is written into the file; without one batch, height and width stay free', async () => {
  const dims = (bytes: Uint8Array) => {
    const { input: inputs, output } = decodeModel(bytes).graph;
    return [inputs[0]!, output[0]!].map(({ name, type }) => [
      name,
      ...type.tensorType.shape.dim.map((dim) => dim.dimParam ?? dim.dimValue),
    ]);
  };
  expect(dims(exportOnnx(graph, { inputSize: { height: 64, width: 96 } }))).toEqual([
    ['images', 1, 3, 64, 96],
    ['output', 1, 126, 11],
  ]);
  const free = exportOnnx(graph);
  expect(dims(free)).toEqual([
    ['images', 'batch', 3, 'height', 'width'],
    ['output', 'batch', 'anchors', 11],
  ]);
  const pair = randomPixels([2, 3, 32, 64], 3);
  expect((await runFile(free, pair.shape, pair.data)).dims).toEqual([2, 42, 11]);
});

test('decode inside the file equals the reference decode of the raw output', async () => {
  const inputSize = { height: 64, width: 96 };
  const decoded = await runFile(exportOnnx(graph, { inputSize, decode: true }));
  const reference = decodeInPlace(float32Tensor(await expectedRaw(), [1, 126, 11], 'NAC'), inputSize);
  expect(largestRelativeDifference(decoded.data as Float32Array, reference.data)).toBeLessThan(1e-5);
});

test('our own reader finds the same weights in the file, decoded or not', async () => {
  for (const options of [{}, { inputSize: { height: 64, width: 96 }, decode: true }]) {
    const path = join(folder, 'model.onnx');
    writeFileSync(path, exportOnnx(graph, options));
    const { tensors } = await loadWeights(path);
    const read = describeVariant(tensors);
    expect(read).toMatchObject({ baseChannels: 4, depthwise: true, classes: 6, backboneRepeats: 1 });
    const again = foldBatchNorm(buildYolox(read, tensors));
    for (const [name, { data }] of graph.tensors) {
      expect(largestRelativeDifference(again.tensors.get(name)!.data, data)).toBeLessThan(1e-6);
    }
  }
});

test('decoding without a size, a size that does not fit and an unknown operator set are RangeErrors', () => {
  expect(() => exportOnnx(graph, { decode: true })).toThrow(RangeError);
  expect(() => exportOnnx(graph, { inputSize: { height: 65, width: 96 } })).toThrow(RangeError);
  expect(() => exportOnnx(graph, { opset: 10 })).toThrow(RangeError);
});
