import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  buildYolox,
  convolutionsInForwardOrder,
  countMultiplyAdds,
  countParameters,
  expectedParameters,
  inferShapes,
  type OfficialVariantName,
  officialVariant,
  randomWeights,
} from '../../../reference/network/index.ts';
import { float32Tensor, type NamedTensors } from '../../../reference/tensor.ts';
import { hasShared, sharedPath } from '../../support/shared.ts';

/** Counted on the official PyTorch modules (YOLOX 6ddff48, PyTorch 1.13.1). */
const golden = JSON.parse(
  readFileSync(new URL('../../golden/network/variants.json', import.meta.url), 'utf8'),
) as Record<
  OfficialVariantName,
  {
    parameters: number;
    state_dict_keys: number;
    conv2d: number;
    conv_gmac_640: number;
    first_keys: string[];
  }
>;

/** Tensors of the right shapes over one shared array of zeros: enough for anything that looks at shapes alone. */
function shapesOnly(name: OfficialVariantName): NamedTensors {
  const zeros = new Float32Array(5120 * 1280 * 9);
  const parameters = expectedParameters(officialVariant(name));
  return new Map(
    [...parameters].map(([key, shape]) => {
      const count = shape.reduce((product, extent) => product * extent, 1);
      return [key, float32Tensor(zeros.subarray(0, count), shape)];
    }),
  );
}

describe.each(Object.keys(golden) as OfficialVariantName[])(
  'YOLOX-%s beside the official modules',
  (name) => {
    const expected = golden[name];
    const variant = officialVariant(name);

    test('parameters, state-dict keys and convolutions', () => {
      const parameters = expectedParameters(variant);
      expect(countParameters(variant)).toBe(expected.parameters);
      expect(parameters.size).toBe(expected.state_dict_keys);
      expect([...parameters.keys()].slice(0, 3)).toEqual(expected.first_keys);
      expect(convolutionsInForwardOrder(variant)).toHaveLength(expected.conv2d);
    });

    test('multiply–adds of convolutions at 640, and the shape of the head output', () => {
      const graph = buildYolox(variant, shapesOnly(name));
      expect(countMultiplyAdds(graph, [640, 640]) / 1e9).toBeCloseTo(expected.conv_gmac_640, 9);
      expect(inferShapes(graph, [1, 3, 640, 640]).get(graph.outputs[0]!)).toEqual([1, 8400, 85]);
    });
  },
);

test('YOLOX-s has 8,968,255 parameters', () => {
  expect(countParameters(officialVariant('s'))).toBe(8_968_255);
});

describe.skipIf(!hasShared)('order of the official forward pass', () => {
  test('YOLOX-nano runs its 113 convolutions in the order recorded from PyTorch, with the same shapes', () => {
    const { convs } = JSON.parse(
      readFileSync(sharedPath('golden', 'network', 'conv_activations.json'), 'utf8'),
    ) as {
      convs: { module: string; input_shape: number[]; output_shape: number[] }[];
    };
    const variant = officialVariant('nano');
    const graph = buildYolox(variant, shapesOnly('nano'));
    const shapes = inferShapes(graph, [1, 3, 416, 416]);
    const ours = graph.nodes
      .filter((node) => node.op === 'conv2d')
      .map((node) => ({
        module: node.name,
        input_shape: shapes.get(node.inputs[0]!),
        output_shape: shapes.get(node.output),
      }));
    expect(ours).toEqual(
      convs.map(({ module, input_shape, output_shape }) => ({ module, input_shape, output_shape })),
    );
  });
});

describe('weights that cannot be run', () => {
  test('float16 weights are a TypeError that names the tensor', () => {
    const variant = officialVariant('nano');
    const tensors = new Map(randomWeights(variant, 1));
    const key = 'head.stems.1.conv.weight';
    const { shape } = tensors.get(key)!;
    tensors.set(key, { dtype: 'float16', shape, data: new Uint16Array(64 * 128) });
    expect(() => buildYolox(variant, tensors)).toThrow(TypeError);
    expect(() => buildYolox(variant, tensors)).toThrow(key);
  });

  test.each([
    [[1, 3, 416, 400]],
    [[1, 4, 416, 416]],
    [[0, 3, 416, 416]],
    [[3, 416, 416]],
    [[1, 3, 416.5, 416]],
  ])('an input of shape %j is a RangeError', (shape) => {
    const graph = buildYolox(officialVariant('nano'), shapesOnly('nano'));
    expect(() => inferShapes(graph, shape)).toThrow(RangeError);
  });
});
