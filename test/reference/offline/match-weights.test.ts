import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchWeights } from '../../../reference/offline/index.ts';
import {
  type Bits,
  readQuantizedCheckpoint,
  type WeightGranularity,
} from '../../../reference/quantize/index.ts';
import { createRandom } from '../../../reference/random.ts';
import { float32Tensor, type NamedTensors, type Tensor } from '../../../reference/tensor.ts';
import { madeUpOfflineModel } from '../../support/made-up-offline-model.ts';
import { quantizedModule } from '../../support/quantized-module.ts';

type Shape = readonly [number, number, number, number];

interface Layer {
  readonly name: string;
  readonly shape: Shape;
  readonly padding: number;
  readonly bits: Bits;
  readonly granularity: WeightGranularity;
  readonly linear: boolean;
}

function weightOf({ shape, linear }: Layer, seed: number): Tensor {
  const random = createRandom(seed);
  const data = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.next() - 0.5);
  return float32Tensor(data, linear ? [shape[0], shape[1]] : [...shape]);
}

function checkpointOf(layers: readonly Layer[], seed: number): NamedTensors {
  return new Map(layers.flatMap((layer, i) => quantizedModule(layer.name, weightOf(layer, seed + i), layer)));
}

/** The integers by the definition, one value at a time: `round(w · scale)` in float32, no ties in random weights. */
function integersOf(tensors: NamedTensors, { name, shape }: Layer): number[] {
  const { weightQuantScale } = moduleOf(tensors, name);
  const perChannel = shape[1] * shape[2] * shape[3];
  return [...(tensors.get(`${name}.weight`) as Tensor).data].map((value, i) => {
    const scale = weightQuantScale[weightQuantScale.length === 1 ? 0 : Math.floor(i / perChannel)]!;
    return Math.round(Math.fround(value * scale));
  });
}

function moduleOf(tensors: NamedTensors, name: string) {
  const { convolutions, linears } = readQuantizedCheckpoint(tensors);
  return (convolutions.get(name) ?? linears.get(name))!;
}

function modelOf(tensors: NamedTensors, layers: readonly Layer[]): Buffer {
  return madeUpOfflineModel({
    layers: layers.map((layer) => ({ ...layer, integers: integersOf(tensors, layer) })),
    input: { shape: [1, 64, 64, 3], position: 0, scale: 1 },
    output: { shape: [1, 85, 1, 84] },
  });
}

const match = (tensors: NamedTensors, file: Uint8Array) =>
  matchWeights(tensors, readQuantizedCheckpoint(tensors), file);

const layerArbitrary = fc
  .record({
    out: fc.constantFrom(1, 3, 32, 65, 80, 128, 192),
    inputs: fc.constantFrom(12, 31, 64, 70),
    kernel: fc.constantFrom(
      [1, 1] as const,
      [3, 3] as const,
      [2, 2] as const,
      [6, 6] as const,
      [1, 5] as const,
    ),
    padding: fc.constantFrom(0, 1, 6),
    bits: fc.constantFrom<Bits>(8, 16),
    granularity: fc.constantFrom<WeightGranularity>('per-tensor', 'per-channel'),
    linear: fc.boolean(),
  })
  .map(({ out, inputs, kernel, padding, linear, ...rest }) => ({
    ...rest,
    linear,
    padding: linear || kernel[0] === 1 ? 0 : padding,
    shape: (linear ? [out, inputs * 3, 1, 1] : [out, inputs, ...kernel]) as Shape,
  }));

describe('matchWeights', () => {
  test('finds every channel of models written from the description, whatever the layers', () => {
    fc.assert(
      fc.property(fc.array(layerArbitrary, { minLength: 1, maxLength: 3 }), fc.nat(1000), (shapes, seed) => {
        const layers = shapes.map((layer, i) => ({ ...layer, name: `layer${i}` }));
        const tensors = checkpointOf(layers, seed);
        const found = new Map(
          match(tensors, modelOf(tensors, layers)).layers.map((layer) => [layer.layer, layer]),
        );
        for (const { name, shape, padding, bits } of layers) {
          const [out] = shape;
          const order = out === 1 ? 'unknown' : out > 64 && out % 64 === 0 ? 'interleaved' : 'in-order';
          const expected = {
            layer: name,
            bits,
            channels: out,
            found: out,
            blank: 0,
            missing: [],
            padding,
            order,
          };
          expect(found.get(name)).toEqual(expected);
        }
      }),
      { numRuns: 40 },
    );
  });

  const layers = ([8, 16] as const).flatMap((bits): Layer[] => [
    {
      name: `stem${bits}`,
      shape: [16, 12, 3, 3],
      padding: 6,
      bits,
      granularity: 'per-tensor',
      linear: false,
    },
    {
      name: `wide${bits}`,
      shape: [128, 40, 3, 3],
      padding: 1,
      bits,
      granularity: 'per-channel',
      linear: false,
    },
    {
      name: `point${bits}`,
      shape: [80, 128, 1, 1],
      padding: 0,
      bits,
      granularity: 'per-tensor',
      linear: false,
    },
    {
      name: `linear${bits}`,
      shape: [10, 576, 1, 1],
      padding: 0,
      bits,
      granularity: 'per-tensor',
      linear: true,
    },
  ]);
  const tensors = checkpointOf(layers, 7);
  const file = modelOf(tensors, layers);

  test.each(layers)('one integer other than in $name is found, and its channel named', ({ name, shape }) => {
    const weight = tensors.get(`${name}.weight`) as Tensor;
    const channel = shape[0] - 2;
    const at = (weight.data.length / shape[0]) * channel + 1;
    const data = weight.data.slice();
    // One step of the integer, and no new absmax.
    const { weightQuantScale, bits } = moduleOf(tensors, name);
    const step = 1 / weightQuantScale[weightQuantScale.length === 1 ? 0 : channel]!;
    data[at] = data[at]! + (data[at]! > 0 ? -step : step);
    const changed = new Map([...tensors, [`${name}.weight`, { ...weight, data }]] as const);
    expect(bits).toBe(name.endsWith('16') ? 16 : 8);
    const missing = match(changed, file).layers.filter((layer) => layer.missing.length > 0);
    expect(missing.map((layer) => [layer.layer, layer.missing])).toEqual([[name, [channel]]]);
  });

  test('nothing is found in another file, nor in one cut before the weights', () => {
    const other = modelOf(checkpointOf(layers, 99), layers);
    for (const strange of [other, file.subarray(0, 900), new Uint8Array(0)])
      expect(match(tensors, strange).layers.every(({ found }) => found === 0)).toBe(true);
  });

  test('a tie may have been rounded either way', () => {
    // absmax 127/128 gives scale 128 at 8 bits, under which 12.5/128 is a tie.
    const data = Float32Array.from([127, 12.5, 33, -51, 7, 90], (value) => value / 128);
    const weight = float32Tensor(data, [1, 6, 1, 1]);
    const tied = new Map(quantizedModule('tied', weight, { bits: 8 }));
    expect(moduleOf(tied, 'tied').weightQuantScale[0]).toBe(128);
    for (const rounded of [12, 13]) {
      const model = madeUpOfflineModel({
        layers: [{ bits: 8, integers: [127, rounded, 33, -51, 7, 90], shape: [1, 6, 1, 1] }],
        input: { shape: [1, 64, 64, 3], position: 0, scale: 1 },
        output: { shape: [1, 85, 1, 84] },
      });
      expect(match(tied, model).layers[0]!.found).toBe(1);
    }
  });

  test('a channel of almost nothing is no evidence, and a depthwise layer that is not found is passed over', () => {
    const dead = float32Tensor(
      Float32Array.from({ length: 2 * 8 }, (_, i) => (i < 8 ? i + 1 : 0)),
      [2, 8, 1, 1],
    );
    const depthwise = float32Tensor(
      Float32Array.from({ length: 4 * 9 }, (_, i) => Math.sin(i)),
      [4, 1, 3, 3],
    );
    const some = new Map([
      ...quantizedModule('dead', dead, { bits: 8 }),
      ...quantizedModule('depthwise', depthwise, { bits: 8 }),
    ]);
    const { layers: found, depthwise: skipped } = match(some, new Uint8Array(5000));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ layer: 'dead', found: 0, blank: 1, missing: [0] });
    expect(skipped).toEqual(['depthwise']);
  });
});
