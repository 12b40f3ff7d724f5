import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { networkBackend } from '../../../harness/backends/network-backend.ts';
import { quantizedBackend } from '../../../harness/backends/quantized-backend.ts';
import { openEngine } from '../../../harness/engines/index.ts';
import { loadWeights } from '../../../harness/weights/index.ts';
import { tensorDiff } from '../../../reference/compare/index.ts';
import { decodeInPlace } from '../../../reference/decode/index.ts';
import { buildYolox, describeVariant, foldBatchNorm } from '../../../reference/network/index.ts';
import { readQuantizedCheckpoint, stripQuantization } from '../../../reference/quantize/index.ts';
import { float32Tensor, type Tensor } from '../../../reference/tensor.ts';
import { goldenInput } from '../../support/golden-input.ts';
import { readNpy } from '../../support/npy.ts';
import { AGENT, python } from '../../support/python.ts';
import { runPythonFile } from '../../support/run-agent.ts';
import { hasShared, sharedPath } from '../../support/shared.ts';
import { suiteFolder } from '../../support/suite-folder.ts';
import { writeInput } from '../../support/write-input.ts';

const IMAGES = ['000000397133', '000000460347', '000000480985'] as const;
/** Two int16 runs of the same network whose SiLU rounds otherwise in its last place have 65 to 67. */
const LEAST_DECIBELS = 60;
/**
 * In int8 such a last place that carries one of a million integers to its neighbour leaves 24 of the 160 that are there without it. Plain
 * float, whose every value differs, has 6 or 7.
 */
const LEAST_INT8_DECIBELS = 20;

const WITH_SILU = fileURLToPath(new URL('support/online_with_silu.py', import.meta.url));
const checkpoint = (bits: number): string => sharedPath('golden', 'quantize', `yolox_nano_int${bits}.pt`);

function decibels(reference: Tensor, actual: Tensor): number {
  const diff = tensorDiff(reference, actual);
  if (diff.state !== 'compared') throw new Error('the outputs have NaN or Infinity in different places');
  return diff.sqnr;
}

/** Raw outputs of this project's own emulation, and of the float network. */
async function emulated(
  bits: 8 | 16,
  inputs: readonly Tensor[],
): Promise<{ quantized: Tensor[]; float: Tensor[] }> {
  const { tensors } = await loadWeights(checkpoint(bits));
  const plain = stripQuantization(tensors);
  const graph = buildYolox(describeVariant(plain), plain);
  const { convolutions: scales } = readQuantizedCheckpoint(tensors);
  const engine = await openEngine('onnxruntime');
  const common = { name: `int${bits}`, graph, scales, bits, engine };
  const factories = {
    quantized: quantizedBackend({ ...common, rounding: 'half-away-from-zero', execution: 'exact' }),
    float: networkBackend({
      name: 'float',
      graph: foldBatchNorm(graph),
      engine,
      precision: 'float32',
      outputProvenance: 'measured',
    }),
  };
  const outputs: { quantized: Tensor[]; float: Tensor[] } = { quantized: [], float: [] };
  for (const kind of ['quantized', 'float'] as const) {
    const backend = await factories[kind].open({ coreNumber: 1, purpose: 'accuracy' });
    for (const input of inputs) {
      const { output } = await backend.infer(input);
      outputs[kind].push(float32Tensor(output.data.slice(), output.shape, 'NAC'));
    }
    await backend.close();
  }
  return outputs;
}

describe.skipIf(!hasShared || !python)('YOLOX-nano online, on the stand-in of the card', () => {
  const folder = suiteFolder();
  let inputs: Tensor[];
  beforeAll(async () => {
    inputs = await Promise.all(IMAGES.map(goldenInput));
    await Promise.all(IMAGES.map((image, i) => writeInput(join(folder, `${image}.npy`), inputs[i]!)));
  });

  async function online(
    bits: 8 | 16,
    decode: string,
    images: readonly string[] = IMAGES,
    silu = false,
  ): Promise<Tensor[]> {
    const out = join(folder, `int${bits}-${decode}${silu ? '-silu' : ''}`);
    const { exitCode, stderr } = await runPythonFile(silu ? WITH_SILU : AGENT, [
      ...(silu ? [] : ['online']),
      ...['--quantized', checkpoint(bits), '--size', '416', '--decode', decode, '--out', out],
      ...['--images', ...images.map((image) => join(folder, `${image}.npy`))],
    ]);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    return images.map((image) => readNpy(join(out, `${image}.npy`), 'NAC'));
  }

  test.each([16, 8] as const)('int%i with PyTorch’s SiLU: the golden output, bit for bit', async (bits) => {
    const [output] = await online(bits, 'none', IMAGES.slice(0, 1), true);
    const golden = readNpy(sharedPath('golden', 'quantize', `int${bits}_${IMAGES[0]}_raw.npy`), 'NAC');
    expect(decibels(golden, output!)).toBe(Number.POSITIVE_INFINITY);
  });

  test('int16 with the port’s SiLU: 60 dB or more against golden output and emulation, raw and decoded', async () => {
    const { quantized } = await emulated(16, inputs);
    const outputs = await online(16, 'none');
    const golden = readNpy(sharedPath('golden', 'quantize', `int16_${IMAGES[0]}_raw.npy`), 'NAC');
    expect(decibels(golden, outputs[0]!)).toBeGreaterThan(LEAST_DECIBELS);
    const decoded = await online(16, 'concatenated');
    quantized.forEach((expected, i) => {
      expect(decibels(expected, outputs[i]!)).toBeGreaterThan(LEAST_DECIBELS);
      const boxes = decodeInPlace(expected, { height: 416, width: 416 });
      expect(decibels(boxes, decoded[i]!)).toBeGreaterThan(LEAST_DECIBELS);
    });
  });

  test('int8 with the port’s SiLU: 60 dB or more but where one integer differs, and never as far as float', async () => {
    const { quantized, float } = await emulated(8, inputs);
    const found = (await online(8, 'none')).map((output, i) => decibels(quantized[i]!, output));
    for (const value of found) expect(value).toBeGreaterThan(LEAST_INT8_DECIBELS);
    expect(Math.max(...found)).toBeGreaterThan(LEAST_DECIBELS);
    float.forEach((output, i) => {
      expect(decibels(quantized[i]!, output)).toBeLessThan(LEAST_INT8_DECIBELS - 5);
    });
  });
});
