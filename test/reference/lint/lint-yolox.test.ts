import { describe, expect, test } from 'vitest';
import { lintHeadRoom, lintYoloxKeys, lintYoloxScales, namesYolox } from '../../../reference/lint/index.ts';
import { buildYolox, officialVariant, randomWeights } from '../../../reference/network/index.ts';
import { type Bits, maxInteger, readQuantizedCheckpoint } from '../../../reference/quantize/index.ts';
import type { AnyTensor, NamedTensors, Tensor } from '../../../reference/tensor.ts';
import { quantizedModule } from '../../support/quantized-module.ts';

const STEM = 'backbone.backbone.stem.conv.conv';
const variant = officialVariant('nano', { classes: 3 });
const float = randomWeights(variant, 1);
/** What each convolution reads, depthwise ones too. */
const taps = new Map(
  buildYolox(variant, float).nodes.flatMap(({ op, name, inputs }) =>
    op === 'conv2d' ? [[name, inputs[0]]] : [],
  ),
);

/** As the quantiser saves it after calibration on a picture with a white pixel; one absmax to each tensor that is read. */
function quantized(bits: Bits, absmax: Record<string, number> = {}): NamedTensors {
  const tensors = new Map<string, AnyTensor>(float);
  for (const [name, weight] of float) {
    if (weight.shape.length !== 4) continue;
    const module = name.slice(0, -'.weight'.length);
    const largest = absmax[module] ?? (module === STEM ? 255 : 3 + (taps.get(module) ?? '').length);
    const inputQuantScale = Math.fround(maxInteger(bits) / largest);
    for (const [key, tensor] of quantizedModule(module, weight as Tensor, { bits, inputQuantScale }))
      tensors.set(key, tensor);
  }
  return tensors;
}
const scales = (tensors: NamedTensors, legacy = false) =>
  lintYoloxScales(readQuantizedCheckpoint(tensors), variant, { legacy });
const codes = (tensors: NamedTensors, legacy = false): string[] =>
  scales(tensors, legacy).map(({ code, layer }) => `${code} ${layer}`);

describe('input scales of a quantised YOLOX', () => {
  test.each<Bits>([8, 16])('int%i: a stem that holds 0 to 255 is clean', (bits) => {
    expect(codes(quantized(bits))).toEqual([]);
  });
  test.each<[string, number, string[]]>([
    ['pixels divided by 255', 1, [`stem-not-0-255 ${STEM}`]],
    ['below the 114 of the border', 113.9, [`stem-not-0-255 ${STEM}`]],
    ['no white pixel', 254, [`stem-scale-high ${STEM}`]],
    ['above 255', 255.1, [`stem-scale-low ${STEM}`]],
  ])('%s', (_, absmax, expected) => {
    for (const bits of [8, 16] as const) {
      // A scale of exactly 1 is another finding, and int8 of 127 would be one.
      expect(codes(quantized(bits, { [STEM]: absmax }))).toEqual(expected);
    }
  });
  test('the sentence has the scale, the range and the scale that would hold it', () => {
    const { message } = scales(quantized(16, { [STEM]: 200 }))[0]!;
    expect(message).toMatch(/input scale is 163\.8\d+, a largest input of 200\.000: .* 255 .*\(128\.498/);
  });
  test('before YOLOX 0.1.1 pixels end at 2.64', () => {
    expect(codes(quantized(16, { [STEM]: 2.64 }), true)).toEqual([]);
    expect(codes(quantized(16, { [STEM]: 255 }), true)).toEqual([`stem-scale-low ${STEM}`]);
  });
  test('layers that read one tensor have one scale', () => {
    const changed = 'backbone.C3_p4.conv2.conv';
    expect(codes(quantized(16, { [changed]: 77 }))).toEqual([`shared-input-differs ${changed}`]);
  });
});

describe('head-room', () => {
  const checkpoint = readQuantizedCheckpoint(quantized(16, { [STEM]: 200 }));
  test('is told in the fullest layer, and what goes beyond is named', () => {
    const held = lintHeadRoom(checkpoint, new Map([[STEM, 150]]));
    expect(held.largestRatio).toBeCloseTo(0.75, 6);
    expect(held.findings).toEqual([]);
    const { findings } = lintHeadRoom(
      checkpoint,
      new Map([
        [STEM, 250],
        ['no such layer', 1e9],
      ]),
    );
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ code: 'saturates', layer: STEM, severity: 'warning' });
    expect(findings[0]!.message).toContain('reaches 250.000 on these images, 25.0 % beyond the 200.000');
  });
  test('the very images of the calibration do not saturate', () => {
    expect(lintHeadRoom(checkpoint, new Map([[STEM, 200]])).findings).toEqual([]);
  });
});

describe('keys of a YOLOX', () => {
  const keys = (edit: (tensors: Map<string, AnyTensor>) => void, wanted?: 'nano' | 's') => {
    const tensors = new Map(quantized(8));
    edit(tensors);
    return lintYoloxKeys(tensors, wanted);
  };
  const told = (result: ReturnType<typeof keys>) =>
    result.findings.map(({ code, layer }) => `${code} ${layer}`);

  test('a whole one is told its variant', () => {
    expect(keys(() => {})).toMatchObject({ variant: { name: 'nano', classes: 3 }, findings: [] });
    expect(namesYolox(float)).toBe(true);
    expect(namesYolox(new Map([['conv1.weight', float.get(`${STEM}.weight`)!]]))).toBe(false);
  });
  test('a missing entry is named, and there is no variant to go on with', () => {
    const result = keys((tensors) => tensors.delete('head.stems.1.bn.running_var'));
    expect(told(result)).toEqual(['key-missing head.stems.1.bn.running_var']);
    expect(result.variant).toBeUndefined();
  });
  test('a stale entry is a warning', () => {
    const result = keys((tensors) => tensors.set('head.grids.0', float.get(`${STEM}.weight`)!));
    expect(told(result)).toEqual(['key-extra head.grids.0']);
    expect(result.variant?.name).toBe('nano');
  });
  test('another type is named, which no network computes in', () => {
    const name = 'head.stems.1.bn.running_var';
    const result = keys((tensors) => {
      const { shape, data } = float.get(name)!;
      tensors.set(name, { dtype: 'float64', shape, data: Float64Array.from(data as Float32Array) });
    });
    expect(told(result)).toEqual([`key-type ${name}`]);
    expect(result.variant).toBeUndefined();
  });
  test('another shape is named with both', () => {
    const name = 'head.reg_preds.0.weight';
    const result = keys((tensors) =>
      tensors.set(name, { ...float.get(name)!, shape: [8, 32, 1, 1] } as AnyTensor),
    );
    expect(told(result)).toEqual([`key-shape ${name}`]);
    expect(result.findings[0]!.message).toContain(
      '[8, 32, 1, 1], and YOLOX-nano with 3 classes has [4, 64, 1, 1]',
    );
  });
  test('another variant than was asked for is not that one', () => {
    expect(keys(() => {}, 'nano').findings).toEqual([]);
    const codesOf = new Set(keys(() => {}, 's').findings.map(({ code }) => code));
    expect(codesOf).toEqual(new Set(['key-missing', 'key-extra', 'key-shape']));
  });
});
