import { describe, expect, test } from 'vitest';
import { lintAgainstFloat, lintCheckpoint } from '../../../reference/lint/index.ts';
import { type Bits, readQuantizedCheckpoint } from '../../../reference/quantize/index.ts';
import { type AnyTensor, float32Tensor, type NamedTensors } from '../../../reference/tensor.ts';
import { quantizedModule } from '../../support/quantized-module.ts';

const conv = (seed: number, channels = 3): ReturnType<typeof float32Tensor> =>
  float32Tensor(
    Float32Array.from({ length: 4 * channels }, (_, i) => Math.sin(seed + i)),
    [4, channels, 1, 1],
  );
const linear = float32Tensor(Float32Array.of(1, -2, 3, 4, 5, 6), [2, 3]);

const clean = (): Map<string, AnyTensor> =>
  new Map([
    ...quantizedModule('features.0', conv(1), { bits: 8 }),
    ...quantizedModule('features.3', conv(2), { bits: 8, granularity: 'per-channel' }),
    ...quantizedModule('classifier', linear, { bits: 8 }),
    ['features.1.weight', float32Tensor(Float32Array.of(1, 1, 1, 1), [4])],
  ]);
const lint = (tensors: NamedTensors, bits?: Bits) =>
  lintCheckpoint(tensors, readQuantizedCheckpoint(tensors), bits === undefined ? {} : { bits });
const codes = (tensors: NamedTensors, bits?: Bits): string[] =>
  lint(tensors, bits).map(({ code, layer }) => `${code} ${layer}`.trim());
const floats = (...values: number[]): AnyTensor => float32Tensor(Float32Array.from(values), [values.length]);
/** The clean checkpoint with entries replaced, or taken away. */
function edited(edits: Record<string, AnyTensor | null>): NamedTensors {
  const tensors = clean();
  for (const [key, tensor] of Object.entries(edits)) {
    if (tensor) tensors.set(key, tensor);
    else tensors.delete(key);
  }
  return tensors;
}

describe('a quantised checkpoint of any network', () => {
  test('is clean as the quantiser saves it', () => expect(lint(clean(), 8)).toEqual([]));

  test.each<[string, Record<string, AnyTensor | null>, string[]]>([
    ['no scale', { 'features.0.scale': null }, ['scale-missing features.0']],
    ['no quantized_mode', { 'classifier.quantized_mode': null }, ['mode-missing classifier']],
    [
      'a linear layer left out',
      { 'classifier.scale': null, 'classifier.quantized_mode': null },
      ['scale-missing classifier'],
    ],
    [
      'an input scale of 1',
      { 'features.0.scale': floats(1, 127) },
      ['never-calibrated features.0', 'weight-scale-differs features.0'],
    ],
    ['a scale of 0', { 'features.0.scale': floats(0, 127) }, ['scale-not-positive features.0']],
    ['a negative scale', { 'features.0.scale': floats(-3, 127) }, ['scale-not-positive features.0']],
    [
      'an infinite scale',
      { 'features.0.scale': floats(Number.POSITIVE_INFINITY, 127) },
      ['scale-not-positive features.0'],
    ],
    ['a scale that is NaN', { 'features.0.scale': floats(2, Number.NaN) }, ['scale-not-positive features.0']],
    [
      'weights changed after the quantiser',
      { 'features.0.weight': conv(40) },
      ['weight-scale-differs features.0'],
    ],
    [
      'weights of zero',
      {
        'features.0.weight': float32Tensor(new Float32Array(12), [4, 3, 1, 1]),
        'features.0.scale': floats(2, 1),
      },
      ['absmax-zero features.0'],
    ],
    [
      'firstconv where the input is no picture',
      {
        ...Object.fromEntries(quantizedModule('features.0', conv(1, 12), { bits: 8 })),
        'features.0.input_mean': floats(1, 2, 3),
      },
      ['firstconv-channels features.0'],
    ],
    ['firstconv on a picture', { 'features.0.input_mean': floats(1, 2, 3) }, []],
  ])('%s', (_, edits, expected) => expect(codes(edited(edits))).toEqual(expected));

  test('a weight that is not finite is named with its place', () => {
    const weight = conv(1);
    weight.data[5] = Number.NaN;
    const [first] = lint(edited({ 'features.0.weight': weight, 'features.0.scale': floats(2, 1) }));
    expect(first).toMatchObject({
      code: 'weight-not-finite',
      severity: 'error',
      message: 'features.0: the weight is NaN at flat index 5',
    });
  });

  test('other bits than were asked for are one error with the names', () => {
    expect(lint(clean(), 16)).toEqual([
      expect.objectContaining({
        code: 'bits-differ',
        message: 'int16 was asked for, and 3 of 3 modules are int8: features.0, features.3, classifier',
      }),
    ]);
  });
  test('mixed modes are a warning, and an error where bits were asked for', () => {
    const mixed = edited(Object.fromEntries(quantizedModule('classifier', linear, { bits: 16 })));
    expect(codes(mixed)).toEqual(['modes-mixed']);
    expect(codes(mixed, 8)).toEqual(['bits-differ classifier']);
  });
  test('a float state dict is not quantised', () => {
    expect(codes(new Map([['a.weight', conv(1)]]))).toEqual(['not-quantized']);
  });
});

describe('the float weights that it was made of', () => {
  const float = new Map<string, AnyTensor>([
    ['features.0.weight', conv(1)],
    ['classifier.weight', linear],
  ]);
  test('are the same to the bit', () => expect(lintAgainstFloat(clean(), float)).toEqual([]));
  test('are not, and the entry is named', () => {
    const others = new Map([...float, ['features.0.weight', conv(1.0000001)]] as const);
    expect(lintAgainstFloat(clean(), others)).toEqual([
      expect.objectContaining({ code: 'weights-differ', layer: 'features.0.weight' }),
    ]);
  });
  test('have nothing in common with it', () => {
    expect(lintAgainstFloat(clean(), new Map([['x', linear]]))[0]!.message).toContain('no entry in common');
  });
});
