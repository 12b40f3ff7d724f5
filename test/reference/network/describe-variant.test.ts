import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  buildYolox,
  createVariant,
  describeVariant,
  expectedParameters,
  officialVariant,
  type YoloxVariant,
} from '../../../reference/network/index.ts';
import { elementCount, float32Tensor, type Tensor } from '../../../reference/tensor.ts';

function zeros(variant: YoloxVariant): Map<string, Tensor> {
  return new Map(
    [...expectedParameters(variant)].map(([name, shape]) => [
      name,
      float32Tensor(new Float32Array(elementCount(shape)), shape),
    ]),
  );
}

describe('a variant is found from names and shapes alone', () => {
  test('any depth, width, classes, depthwise or not, batch norm folded or not', () => {
    const variants = fc.record({
      depth: fc.double({ min: 0, max: 1.5, noNaN: true }),
      baseChannels: fc.integer({ min: 1, max: 24 }),
      classes: fc.integer({ min: 1, max: 90 }),
      depthwise: fc.boolean(),
      batchNorm: fc.boolean(),
    });
    fc.assert(
      fc.property(variants, ({ depth, baseChannels, ...options }) => {
        const variant = createVariant(depth, baseChannels / 64, options);
        expect(describeVariant(zeros(variant))).toEqual(variant);
      }),
      { numRuns: 40 },
    );
  });

  test('official sizes get their names, and repeats that depth 0.33 and 0.34 share do not make another one', () => {
    expect(createVariant(0.34, 0.5).name).toBe('s');
    expect(createVariant(0.33, 0.25).name).toBe('custom');
    expect(createVariant(0.33, 0.25, { depthwise: true }).name).toBe('nano');
    expect(describeVariant(zeros(officialVariant('tiny', { classes: 3 })))).toMatchObject({
      name: 'tiny',
      classes: 3,
    });
  });

  test('num_batches_tracked may be missing, entries of a quantiser may be there', () => {
    const variant = createVariant(0.33, 0.125);
    const tensors = zeros(variant);
    for (const name of tensors.keys()) if (name.endsWith('num_batches_tracked')) tensors.delete(name);
    tensors.set('head.stems.0.conv.scale', float32Tensor(new Float32Array(2), [2]));
    expect(describeVariant(tensors)).toEqual(variant);
    expect(buildYolox(variant, tensors).tensors.has('head.stems.0.conv.scale')).toBe(false);
  });

  test('a width whose channels do not meet is refused', () => {
    expect(() => createVariant(1, 0.26)).toThrow(RangeError);
    expect(() => createVariant(1, 0)).toThrow(RangeError);
    expect(() => createVariant(Number.NaN, 1)).toThrow(RangeError);
    expect(() => createVariant(1, 1, { classes: 0 })).toThrow(RangeError);
  });
});

describe('weights of another architecture are a RangeError', () => {
  test('no tensors at all', () => {
    expect(() => describeVariant(new Map())).toThrow(
      /stem\.conv\.conv\.weight" is missing \(there are no tensors\)/,
    );
  });

  test('a key that is missing is named, whichever it is', () => {
    const variant = createVariant(0.33, 0.125);
    const names = [...expectedParameters(variant).keys()].filter(
      (name) => !name.endsWith('num_batches_tracked'),
    );
    fc.assert(
      fc.property(fc.constantFrom(...names), (name) => {
        const tensors = zeros(variant);
        tensors.delete(name);
        expect(() => describeVariant(tensors)).toThrow(RangeError);
        expect(() => describeVariant(tensors)).toThrow(/"[\w.]+" (is missing|has no place|has shape)/);
      }),
    );
  });

  test('a wrong shape names the key, its shape and the one demanded', () => {
    const tensors = zeros(createVariant(0.33, 0.125));
    tensors.set('backbone.C3_n4.conv3.bn.bias', float32Tensor(new Float32Array(64), [64]));
    expect(() => describeVariant(tensors)).toThrow(
      /"backbone\.C3_n4\.conv3\.bn\.bias" has shape \[64\].*\[128\]/,
    );
  });

  test('a tensor that the network would leave unused is named', () => {
    const tensors = zeros(createVariant(0.33, 0.125));
    tensors.set('head.mask_preds.0.weight', float32Tensor(new Float32Array(1), [1]));
    expect(() => describeVariant(tensors)).toThrow(/head\.mask_preds\.0\.weight/);
  });
});
