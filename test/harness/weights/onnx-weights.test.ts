import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeModel, encodeModel, ONNX_TYPE, type OnnxModel } from '../../../harness/onnx/model-proto.ts';
import { loadWeights } from '../../../harness/weights/index.ts';
import { buildYolox, describeVariant, foldBatchNorm } from '../../../reference/network/index.ts';
import { halfFromFloat } from '../../../reference/quantize/half.ts';
import { createRandom } from '../../../reference/random.ts';
import type { NamedTensors } from '../../../reference/tensor.ts';
import { fingerprint, GOLDEN, temporaryFolder } from './support.ts';

const unpacked = (name: string): Buffer => gunzipSync(readFileSync(new URL(`${name}.onnx.gz`, GOLDEN)));
const FOLDED = unpacked('yolox_w1_folded_decoded');
const UNFOLDED = unpacked('yolox_w1_unfolded');

/** Exporters fold in float32, the reference in float64: a few roundings of values near 1. */
const FOLDING_TOLERANCE = 2.5e-7;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

async function load(bytes: Uint8Array): Promise<NamedTensors> {
  return (await loadWeights(await folder.file(bytes))).tensors;
}
/** The tensors of a model after a change to it. */
async function changed(bytes: Buffer, change: (model: OnnxModel) => void): Promise<NamedTensors> {
  const model = decodeModel(bytes);
  change(model);
  return load(encodeModel(model));
}
function folded(tensors: NamedTensors) {
  return foldBatchNorm(buildYolox(describeVariant(tensors), tensors)).tensors;
}

describe('exports by the official tools', () => {
  it('unfolded: the initializers under their official names, epsilon and all', async () => {
    const tensors = await load(UNFOLDED);
    const stored = new Map(decodeModel(UNFOLDED).graph.initializer.map((tensor) => [tensor.name, tensor]));
    let compared = 0;
    for (const [name, tensor] of tensors) {
      if (name.endsWith('num_batches_tracked')) continue;
      expect(Buffer.from(tensor.data.buffer).equals(Buffer.from(stored.get(name)!.rawData!)), name).toBe(
        true,
      );
      compared++;
    }
    expect(compared).toBe(
      tensors.size - [...tensors.keys()].filter((name) => name.endsWith('tracked')).length,
    );
    expect(describeVariant(tensors)).toMatchObject({
      baseChannels: 1,
      backboneRepeats: 1,
      neckRepeats: 0,
      classes: 2,
    });
  });

  it('folded, with decode: the same names in the same order, and the same folded weights, from numbered tensors', async () => {
    const [fromFolded, fromUnfolded] = [await load(FOLDED), await load(UNFOLDED)];
    expect([...fromFolded.keys()]).toEqual([...fromUnfolded.keys()]);
    const expected = folded(fromUnfolded);
    for (const [name, tensor] of folded(fromFolded)) {
      const want = expected.get(name)!.data;
      for (let i = 0; i < want.length; i++) {
        expect(Math.abs(tensor.data[i] - want[i]), name).toBeLessThan(
          FOLDING_TOLERANCE * Math.max(1, Math.abs(want[i])),
        );
      }
    }
  });
});

describe('the mapping goes by how the graph hangs together', () => {
  it('nodes in another topological order, values and nodes renamed: the same tensors', async () => {
    const expected = fingerprint(await load(FOLDED));
    for (const seed of [1, 2, 3]) {
      const tensors = await changed(FOLDED, (model) => {
        shuffleTopologically(model, seed);
        renameValues(model);
      });
      expect(fingerprint(tensors)).toEqual(expected);
    }
  });

  it('weights as Constant nodes, and shared ones behind Identity, are found', async () => {
    const tensors = await changed(FOLDED, ({ graph }) => {
      const constants = graph.initializer.map((tensor) => ({
        opType: 'Constant',
        input: [],
        output: [`${tensor.name}/value`],
        attribute: [{ name: 'value', type: 4, t: tensor }],
      }));
      const identities = graph.initializer.map(({ name }) => ({
        opType: 'Identity',
        input: [`${name}/value`],
        output: [name],
      }));
      graph.initializer = [];
      graph.node.unshift(...constants, ...identities);
    });
    expect(fingerprint(tensors)).toEqual(fingerprint(await load(FOLDED)));
  });

  it('two branches joined the other way round are another network', async () => {
    await expect(
      changed(FOLDED, ({ graph }) => {
        const csp = graph.node.find((node) => node.opType === 'Concat' && node.name?.includes('dark2'))!;
        csp.input.reverse();
      }),
    ).rejects.toThrow(/graph is not a YOLOX.*export_onnx\.py/);
  });

  it('a graph of something else is refused by what is not there', async () => {
    await expect(
      changed(FOLDED, ({ graph }) => {
        const convolutions = graph.node.filter((node) => node.opType === 'Conv');
        graph.output[0].name = convolutions[3].output[0];
      }),
    ).rejects.toThrow(/not a YOLOX, which has a CSPDarknet.*outputs come from 1 convolutions instead of 9/);
  });
});

describe('weights of an export', () => {
  it('float16 ones are widened', async () => {
    const exact = await load(FOLDED);
    const tensors = await changed(FOLDED, ({ graph }) => {
      for (const tensor of graph.initializer) {
        if (tensor.dataType !== ONNX_TYPE.float32) continue;
        const wide = new Float32Array(Uint8Array.from(tensor.rawData!).buffer);
        tensor.rawData = new Uint8Array(Uint16Array.from(wide, halfFromFloat).buffer);
        tensor.dataType = ONNX_TYPE.float16;
      }
    });
    for (const [name, tensor] of tensors) {
      const want = exact.get(name)!.data as Float32Array;
      expect([name, tensor.dtype]).toEqual([name, name.endsWith('tracked') ? 'int64' : 'float32']);
      if (tensor.dtype !== 'float32' || name.endsWith('running_var')) continue;
      tensor.data.forEach((value, i) => {
        expect(Math.abs(value - want[i])).toBeLessThanOrEqual(Math.abs(want[i]) * 2 ** -11 + 2 ** -25);
      });
    }
  });

  it('in another file are refused with its name', async () => {
    await expect(
      changed(FOLDED, ({ graph }) => {
        const tensor = graph.initializer.find(({ dims }) => dims.length === 4)!;
        tensor.dataLocation = 1;
        tensor.externalData = [{ key: 'location', value: 'weights.bin' }];
        tensor.rawData = new Uint8Array();
      }),
    ).rejects.toThrow(/keeps its values outside the model, in weights\.bin; export it in one file/);
  });

  it('that the graph computes (a quantised export) are refused', async () => {
    await expect(
      changed(FOLDED, ({ graph }) => {
        graph.node.find((node) => node.opType === 'Conv')!.input[1] = 'dequantized';
      }),
    ).rejects.toThrow(/"dequantized" are computed by the graph.*export the float model/);
  });

  it.each([
    [
      'another shape',
      (model: OnnxModel) => reshape(model),
      /weights of "backbone\.backbone\.stem\.conv\.conv"/,
    ],
    [
      'another stride',
      (model: OnnxModel) => setInts(model, 'strides', [4, 4]),
      /strides of "backbone\.backbone/,
    ],
    [
      'a dilation',
      (model: OnnxModel) => setInts(model, 'dilations', [2, 2]),
      /dilations of "backbone\.backbone/,
    ],
    [
      'another epsilon',
      ({ graph }: OnnxModel) => {
        const norm = graph.node.find((node) => node.opType === 'BatchNormalization')!;
        norm.attribute!.find(({ name }) => name === 'epsilon')!.f = 1e-5;
      },
      /epsilon of .*, not 0\.001/,
    ],
    [
      'a foreign activation',
      ({ graph }: OnnxModel) => {
        graph.node.find((node) => node.opType === 'Sigmoid')!.opType = 'HardSigmoid';
      },
      /activation HardSigmoid/,
    ],
  ])('%s is named', async (_, change, message) => {
    await expect(changed(UNFOLDED, change)).rejects.toThrow(message);
  });
});

function setInts({ graph }: OnnxModel, name: string, ints: number[]): void {
  const node = graph.node.filter((candidate) => candidate.opType === 'Conv')[1];
  node.attribute!.find((attribute) => attribute.name === name)!.ints = ints;
}

function reshape({ graph }: OnnxModel): void {
  graph.initializer.find(({ name }) => name.endsWith('stem.conv.conv.weight'))!.dims = [1, 12, 9, 1];
}

/** Another order in which each node still comes after those it needs, picked at random. */
function shuffleTopologically({ graph }: OnnxModel, seed: number): void {
  const random = createRandom(seed);
  const made = new Set([
    '',
    ...graph.initializer.map(({ name }) => name),
    ...graph.input.map(({ name }) => name),
  ]);
  let waiting = graph.node;
  const ordered: typeof waiting = [];
  while (waiting.length > 0) {
    const ready = waiting.filter((node) => node.input.every((name) => made.has(name)));
    const next = ready[random.integer(ready.length)];
    ordered.push(next);
    for (const name of next.output) made.add(name);
    waiting = waiting.filter((node) => node !== next);
  }
  expect(ordered.map(({ name }) => name)).not.toEqual(graph.node.map(({ name }) => name));
  graph.node = ordered;
}

function renameValues({ graph }: OnnxModel): void {
  const names = new Map<string, string>([['', '']]);
  const renamed = (name: string): string => {
    if (!names.has(name)) names.set(name, `v${names.size}`);
    return names.get(name)!;
  };
  for (const value of [...graph.input, ...graph.output, ...graph.initializer])
    value.name = renamed(value.name);
  for (const node of graph.node) {
    node.name = '';
    node.input = node.input.map(renamed);
    node.output = node.output.map(renamed);
  }
}
