import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lintBiasesInModel } from '../../../reference/lint/index.ts';
import { matchBiases } from '../../../reference/offline/index.ts';
import { float32Tensor, type NamedTensors } from '../../../reference/tensor.ts';

const module = { bits: 8 as const, inputQuantScale: 2, weightQuantScale: Float32Array.of(3) };

function match(biases: readonly number[][], file: Uint8Array) {
  const named = biases.map((bias, i) => [`layer${i}`, bias] as const);
  const tensors: NamedTensors = new Map(
    named.map(([name, bias]) => [`${name}.bias`, float32Tensor(Float32Array.from(bias), [bias.length])]),
  );
  const convolutions = new Map(named.map(([name]) => [name, module]));
  return matchBiases(tensors, { convolutions, linears: new Map() }, file);
}

function bytesOf(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, i) => {
    bytes.writeFloatLE(value, 4 * i);
  });
  return bytes;
}

/** Few different values, so that patterns begin alike. */
const bias = fc.array(fc.constantFrom(0, 0.5, -1.25, 0.1), { minLength: 1, maxLength: 9 });

describe('matchBiases', () => {
  test('finds what Buffer.indexOf finds, anywhere and of any length', () => {
    fc.assert(
      fc.property(
        fc.array(bias, { minLength: 1, maxLength: 4 }),
        fc.array(bias, { maxLength: 4 }),
        fc.nat(3),
        (biases, held, shift) => {
          const file = Buffer.concat([Buffer.alloc(shift, 7), ...held.map(bytesOf)]);
          const expected = biases.map((values) => {
            if (values.every((value) => value === 0)) return 'zero';
            return file.includes(bytesOf(values)) ? 'found' : 'missing';
          });
          expect(match(biases, file).map(({ state }) => state)).toEqual(expected);
        },
      ),
    );
  });
  test('layers without a bias are none', () => expect(match([[]], Buffer.alloc(9))).toEqual([]));
});

describe('lintBiasesInModel', () => {
  const [long, other, short] = [[1, 2, 3, 4.5], [9, 8, 7, 6, 5], [0.3]];
  const codes = (file: Buffer): string[] =>
    lintBiasesInModel(match([long!, other!, short!], file)).map(({ code, layer }) => `${code} ${layer}`);
  test('names those that are missing where others are found', () => {
    expect(codes(bytesOf(long!))).toEqual(['bias-not-in-model layer1', 'bias-not-in-model layer2']);
    expect(codes(Buffer.concat([long!, short!, other!].map(bytesOf)))).toEqual([]);
  });
  test('says nothing where none is found, or only one value that may stand there by chance', () => {
    expect(codes(Buffer.alloc(100))).toEqual([]);
    expect(codes(bytesOf(short!))).toEqual([]);
  });
});
