import { beforeAll, describe, expect, it } from 'vitest';
import { readImage } from '../../../../datasets/index.ts';
import type { LayerSaturation, SessionOptions } from '../../../../harness/engines/index.ts';
import { onnxruntimeEngine } from '../../../../harness/engines/onnxruntime/onnxruntime-engine.ts';
import { loadWeights } from '../../../../harness/weights/index.ts';
import { tensorDiff } from '../../../../reference/compare/index.ts';
import {
  buildYolox,
  describeVariant,
  type Graph,
  quantizeConvs,
} from '../../../../reference/network/index.ts';
import { createLetterbox } from '../../../../reference/preprocess/index.ts';
import {
  quantize,
  readQuantizedCheckpoint,
  stripQuantization,
} from '../../../../reference/quantize/index.ts';
import { float32Tensor, type Tensor } from '../../../../reference/tensor.ts';
import { readNpy } from '../../../support/npy.ts';
import { hasShared, sharedPath } from '../../../support/shared.ts';

const IMAGE = '000000397133';

/** Signal to quantisation noise in dB. */
function decibels(reference: Tensor, actual: Tensor): number {
  const diff = tensorDiff(reference, actual);
  if (diff.state !== 'compared') throw new Error('the outputs have NaN or Infinity in different places');
  return diff.sqnr;
}

async function run(
  graph: Graph,
  input: Tensor,
  options: Partial<SessionOptions> = {},
): Promise<{ output: Tensor; saturation: LayerSaturation[] }> {
  const session = await onnxruntimeEngine.open(graph, { threads: 2, ...options });
  const [output] = await session.run(input);
  const saturation = session.saturation();
  const copy = float32Tensor(output.data.slice(), output.shape, 'NAC');
  await session.close();
  return { output: copy, saturation };
}

async function quantizedNano(bits: 8 | 16): Promise<{ float: Graph; quantized: Graph }> {
  const { tensors } = await loadWeights(sharedPath('golden', 'quantize', `yolox_nano_int${bits}.pt`));
  const plain = stripQuantization(tensors);
  const float = buildYolox(describeVariant(plain), plain);
  const { convolutions } = readQuantizedCheckpoint(tensors);
  return { float, quantized: quantizeConvs(float, convolutions, { rounding: 'half-away-from-zero' }) };
}

describe.skipIf(!hasShared)('YOLOX-nano from a quantised checkpoint, raw output', () => {
  let input: Tensor;
  beforeAll(async () => {
    const letterbox = createLetterbox({ width: 416, height: 416 });
    const pixels = new Float32Array(letterbox.valuesPerImage);
    letterbox.into(await readImage(sharedPath('data', 'coco_val50', 'images', `${IMAGE}.jpg`)), pixels);
    input = float32Tensor(pixels, [1, 3, 416, 416], 'NCHW');
  });

  it('int16 exact: 60 dB or more against the golden one, where plain float reaches 45', async () => {
    const golden = readNpy(sharedPath('golden', 'quantize', `int16_${IMAGE}_raw.npy`));
    const { float, quantized } = await quantizedNano(16);
    const exact = await run(quantized, input, { quantizedExecution: 'exact', countSaturation: true });
    expect(decibels(golden, exact.output)).toBeGreaterThan(60);
    expect(decibels(golden, (await run(float, input)).output)).toBeLessThan(46);

    const fast = await run(quantized, input, { quantizedExecution: 'fast' });
    // What is left between the two is what one float32 rounding flips: as far as either is from the golden one.
    expect(decibels(exact.output, fast.output)).toBeGreaterThan(60);
    expect(fast.saturation).toEqual([]);
  });

  it('int8 exact: nearer to the golden one than to plain float by 10 dB', async () => {
    const golden = readNpy(sharedPath('golden', 'quantize', `int8_${IMAGE}_raw.npy`));
    const { float, quantized } = await quantizedNano(8);
    const exact = await run(quantized, input, { quantizedExecution: 'exact' });
    const plain = await run(float, input);
    expect(decibels(golden, exact.output)).toBeGreaterThan(decibels(plain.output, exact.output) + 10);
  });

  it('counts clamped inputs per layer, adding up over runs; the stem as the reference counts its pixels', async () => {
    const { quantized } = await quantizedNano(16);
    const [stem, ...others] = quantized.nodes.filter((node) => node.op === 'conv2d' && node.quantization);
    if (stem.op !== 'conv2d' || !stem.quantization) throw new Error('the stem is not quantised');
    // Half the calibrated range, so that bright pixels saturate.
    const inputQuantScale = Math.fround(stem.quantization.inputQuantScale * 2);
    const narrowed = { ...stem, quantization: { ...stem.quantization, inputQuantScale } };
    const graph = { ...quantized, nodes: quantized.nodes.map((node) => (node === stem ? narrowed : node)) };
    const session = await onnxruntimeEngine.open(graph, { threads: 2, countSaturation: true });
    expect(session.saturation()[0]).toEqual({ layer: stem.name, saturated: 0, total: 0 });
    await session.run(input);
    const once = session.saturation();
    await session.run(input);
    const twice = session.saturation();
    await session.close();
    const { saturated } = quantize(input.data, inputQuantScale, 16, 'half-away-from-zero');
    expect(saturated).toBeGreaterThan(1000);
    expect(once[0]).toEqual({ layer: stem.name, saturated, total: input.data.length });
    expect(once.map(({ layer }) => layer)).toEqual([stem, ...others].map(({ name }) => name));
    expect(twice).toEqual(
      once.map((count) => ({ ...count, saturated: 2 * count.saturated, total: 2 * count.total })),
    );
  });
});
