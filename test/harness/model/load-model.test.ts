import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BadDataError } from '../../../harness/errors.ts';
import { loadModel } from '../../../harness/model/load-model.ts';
import { writeZipCheckpoint } from '../../../harness/weights/index.ts';
import { createVariant, randomWeights } from '../../../reference/network/index.ts';
import { createRandom } from '../../../reference/random.ts';
import type { AnyTensor, NamedTensors } from '../../../reference/tensor.ts';
import { suiteFolder } from '../../support/suite-folder.ts';

const folder = suiteFolder();
const STEM = 'backbone.backbone.stem.conv.conv.weight';
/** The smallest network that fits together: 4 stem channels and 2 classes. */
const WEIGHTS = randomWeights(createVariant(0.33, 1 / 16, { classes: 2, depthwise: true }), 1);
const NAMES = [...WEIGHTS.keys()];

let files = 0;
async function saved(tensors: NamedTensors): Promise<string> {
  const path = join(folder, `${files++}.pth`);
  await writeZipCheckpoint(path, tensors);
  return path;
}

const numbers = ({ data }: AnyTensor): number[] => Array.from(data as ArrayLike<number | bigint>, Number);

const AS = {
  float64: (t: AnyTensor): AnyTensor => ({
    dtype: 'float64',
    shape: t.shape,
    data: Float64Array.from(numbers(t)),
  }),
  int8: (t: AnyTensor): AnyTensor => ({ dtype: 'int8', shape: t.shape, data: Int8Array.from(numbers(t)) }),
  uint8: (t: AnyTensor): AnyTensor => ({ dtype: 'uint8', shape: t.shape, data: Uint8Array.from(numbers(t)) }),
  int32: (t: AnyTensor): AnyTensor => ({ dtype: 'int32', shape: t.shape, data: Int32Array.from(numbers(t)) }),
  int64: (t: AnyTensor): AnyTensor => ({
    dtype: 'int64',
    shape: t.shape,
    data: BigInt64Array.from(numbers(t), (value) => BigInt(Math.trunc(value))),
  }),
} as const;

describe('loadModel', () => {
  test('float64 weights are rounded to the nearest float32, and the format says so', async () => {
    const third = AS.float64(WEIGHTS.get(STEM)!);
    third.data[0] = 1 / 3;
    const model = await loadModel(await saved(new Map([...WEIGHTS].map(([n, t]) => [n, AS.float64(t)]))));
    expect(model.graph.tensors.get(STEM)).toEqual(
      expect.objectContaining({ dtype: 'float32', data: WEIGHTS.get(STEM)!.data }),
    );
    expect(model.format).toBe('zip-checkpoint, float64 rounded to float32');
    const rounded = await loadModel(await saved(new Map([...WEIGHTS, [STEM, third]])));
    expect(rounded.graph.tensors.get(STEM)!.data[0]).toBe(Math.fround(1 / 3));
  });

  test('a float64 outside float32 is refused, not made an infinity', async () => {
    const huge = AS.float64(WEIGHTS.get(STEM)!);
    huge.data[3] = 1e300;
    const path = await saved(new Map([...WEIGHTS, [STEM, huge]]));
    await expect(loadModel(path)).rejects.toMatchObject({
      exitCode: 3,
      message: `cannot use ${path}: "${STEM}" holds 1e+300 at flat index 3, which is outside float32; take another checkpoint`,
    });
  });

  test.each(['int8', 'uint8', 'int32', 'int64'] as const)(
    '%s weights are refused in a sentence',
    async (dtype) => {
      const path = await saved(new Map([...WEIGHTS, [STEM, AS[dtype](WEIGHTS.get(STEM)!)]]));
      await expect(loadModel(path)).rejects.toMatchObject({
        exitCode: 3,
        message: expect.stringMatching(`"${STEM}" is ${dtype}, .* float32; give `),
      });
    },
  );

  test('150 mutations of a whole network: a model, or one sentence of bad data', async () => {
    const random = createRandom(3);
    const outcomes = { read: 0, refused: 0 };
    for (let trial = 0; trial < 150; trial++) {
      const path = await saved(mutated((below) => random.integer(below), trial));
      try {
        const { graph } = await loadModel(path);
        for (const tensor of graph.tensors.values()) expect(tensor.dtype).toBe('float32');
        outcomes.read++;
      } catch (error) {
        if (!(error instanceof BadDataError)) throw new Error(`trial ${trial}`, { cause: error });
        expect(error.message).toMatch(/^cannot use [^\n]+; [^\n]+$/);
        outcomes.refused++;
      }
    }
    expect(outcomes.read).toBeGreaterThan(10);
    expect(outcomes.refused).toBeGreaterThan(50);
  });
});

/** One entry dropped, renamed, reshaped, of another type, with another value, or joined by one of a quantiser. */
function mutated(integer: (below: number) => number, trial: number): NamedTensors {
  const tensors = new Map(WEIGHTS);
  const name = NAMES[integer(NAMES.length)]!;
  const tensor = tensors.get(name)!;
  const other = Object.values(AS)[integer(5)]!;
  switch (trial % 6) {
    case 0:
      tensors.delete(name);
      break;
    case 1:
      tensors.delete(name);
      tensors.set(`${name}x`, tensor);
      break;
    case 2:
      tensors.set(name, { ...tensor, shape: [...tensor.shape, 1] });
      break;
    case 3:
      tensors.set(name, other(tensor));
      break;
    case 4:
      tensors.set(name, {
        dtype: 'float32',
        shape: tensor.shape,
        data: Float32Array.from(numbers(tensor)).fill([Number.NaN, 1e38, 0][integer(3)]!),
      });
      break;
    default:
      tensors.set(name.replace(/[^.]*$/, 'scale'), other(tensor));
      tensors.set(name.replace(/[^.]*$/, 'quantized_mode'), other(tensor));
  }
  return tensors;
}
