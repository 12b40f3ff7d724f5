import { describe, expect, it } from 'vitest';
import { loadWeights } from '../../../harness/weights/index.ts';
import { readQuantizedCheckpoint, stripQuantization } from '../../../reference/quantize/index.ts';
import { type AnyTensor, float32Tensor, type NamedTensors } from '../../../reference/tensor.ts';
import { hasShared, sharedPath } from '../../support/shared.ts';

const WEIGHT = Float32Array.of(0.5, -2, 1, 0.25);
const floats = (...values: number[]): AnyTensor => float32Tensor(Float32Array.from(values), [values.length]);
const mode = (value: number): AnyTensor => ({ dtype: 'int32', shape: [1], data: Int32Array.of(value) });

function module(name: string, entries: Record<string, AnyTensor>): [string, AnyTensor][] {
  const weight = float32Tensor(WEIGHT, [2, 2, 1, 1]);
  return Object.entries({ weight, ...entries }).map(([key, tensor]) => [`${name}.${key}`, tensor]);
}
const int8 = (name: string): [string, AnyTensor][] =>
  module(name, { scale: floats(12.7, 63.5), quantized_mode: mode(1) });
const problems = (tensors: NamedTensors): string[] =>
  readQuantizedCheckpoint(tensors).findings.map((finding) => `${finding.module} ${finding.problem}`);

describe('readQuantizedCheckpoint', () => {
  it('reads scale = [input, weight] and quantized_mode 1 int8, 2 int16', () => {
    const int16 = module('b', { scale: floats(100, 16383.5), quantized_mode: mode(2), bias: floats(1, 2) });
    const { convolutions, linears, findings } = readQuantizedCheckpoint(new Map([...int8('a'), ...int16]));
    expect([...convolutions.keys()]).toEqual(['a', 'b']);
    expect(convolutions.get('a')).toEqual({
      bits: 8,
      inputQuantScale: Math.fround(12.7),
      weightQuantScale: Float32Array.of(63.5),
    });
    expect(convolutions.get('b')!.bits).toBe(16);
    expect(linears.size).toBe(0);
    expect(findings.map(({ problem }) => problem)).toEqual(['modes-mixed']);
  });
  it('reads per-channel scales beside [input, 0], and behind the input scale where a load put them', () => {
    const beside = module('a', {
      scale: floats(12.7, 0),
      quantized_mode: mode(1),
      quantized_by_channel: mode(1),
      scale_weight_per_channel: floats(63.5, 127),
    });
    const behind = module('b', { scale: floats(12.7, 0, 63.5, 127), quantized_mode: mode(3) });
    const { convolutions, findings } = readQuantizedCheckpoint(new Map([...beside, ...behind]));
    expect(findings).toEqual([]);
    for (const name of ['a', 'b']) {
      expect([...convolutions.get(name)!.weightQuantScale]).toEqual([63.5, 127]);
      expect(convolutions.get(name)!.bits).toBe(8);
    }
  });
  it('keeps the statistics of a first convolution that normalises', () => {
    const first = new Map([
      ...int8('a'),
      ['a.input_mean', floats(1, 2, 3)],
      ['a.input_std', floats(4, 5, 6)],
    ] as const);
    expect(readQuantizedCheckpoint(first).convolutions.get('a')!.inputStd).toEqual(Float32Array.of(4, 5, 6));
  });
  it('finds the width in the weight scale where the mode is missing', () => {
    const tensors = new Map(module('a', { scale: floats(3, 16383.5) }));
    expect(readQuantizedCheckpoint(tensors).convolutions.get('a')!.bits).toBe(16);
    expect(problems(tensors)).toEqual(['a mode-missing']);
  });
  it('names what is wrong, leaves the module out where it cannot be used, and never throws', () => {
    const scale = floats(12.7, 63.5);
    const cases: [string, [string, AnyTensor][], string, boolean][] = [
      ['no scale', module('a', { quantized_mode: mode(1) }), 'a scale-missing', false],
      [
        'a scale of one value',
        module('a', { scale: floats(1), quantized_mode: mode(1) }),
        'a scale-malformed',
        false,
      ],
      ['an int scale', module('a', { scale: mode(3), quantized_mode: mode(1) }), 'a scale-malformed', false],
      [
        'a scale of zero',
        module('a', { scale: floats(0, 63.5), quantized_mode: mode(1) }),
        'a scale-not-positive',
        false,
      ],
      [
        'NaN',
        module('a', { scale: floats(Number.NaN, 63.5), quantized_mode: mode(1) }),
        'a scale-not-positive',
        false,
      ],
      ['a mode of 7', module('a', { scale, quantized_mode: mode(7) }), 'a mode-unknown', false],
      [
        'an input scale of 1',
        module('a', { scale: floats(1, 63.5), quantized_mode: mode(1) }),
        'a never-calibrated',
        true,
      ],
      [
        'other weights',
        module('a', { scale: floats(3, 64), quantized_mode: mode(1) }),
        'a weight-scale-differs',
        true,
      ],
      ['no weight', [['a.quantized_mode', mode(1)]], 'a weight-missing', false],
      ['a stray key', [['quantized_mode', mode(1)]], ' weight-missing', false],
      [
        'a short per-channel scale',
        module('a', { scale: floats(3, 0), quantized_mode: mode(1), scale_weight_per_channel: floats(1) }),
        'a scale-malformed',
        false,
      ],
    ];
    for (const [what, entries, problem, usable] of cases) {
      const tensors = new Map(entries);
      expect(problems(tensors), what).toEqual([problem]);
      expect(readQuantizedCheckpoint(tensors).convolutions.has('a'), what).toBe(usable);
    }
    expect(problems(new Map([...int8('a'), ...module('b', {})]))).toEqual(['b scale-missing']);
  });
  it('finds nothing in a float state dict', () => {
    const tensors = new Map(module('a', { bias: floats(1, 2) }));
    expect(readQuantizedCheckpoint(tensors)).toEqual({
      convolutions: new Map(),
      linears: new Map(),
      findings: [],
    });
    expect(stripQuantization(tensors)).toEqual(tensors);
  });
});

describe('stripQuantization', () => {
  it('leaves the float state dict, in order, and keys of other modules that happen to end alike', () => {
    const other: [string, AnyTensor][] = [
      ['norm.scale', floats(1)],
      ['a.bias', floats(1, 2)],
    ];
    const stripped = stripQuantization(new Map([...int8('a'), ...other, ['a.use_symmetry', mode(1)]]));
    expect([...stripped.keys()]).toEqual(['a.weight', 'norm.scale', 'a.bias']);
  });
});

describe.skipIf(!hasShared)('real checkpoints', () => {
  it.each([8, 16] as const)('YOLOX-nano int%i: 113 convolutions, nothing to complain of', async (bits) => {
    const { tensors } = await loadWeights(sharedPath('golden', 'quantize', `yolox_nano_int${bits}.pt`));
    const plain = await loadWeights(sharedPath('data', 'yolox_nano', 'yolox_nano.pth'));
    const { convolutions, linears, findings } = readQuantizedCheckpoint(tensors);
    expect([convolutions.size, linears.size, findings.length]).toEqual([113, 0, 0]);
    const stem = convolutions.get('backbone.backbone.stem.conv.conv')!;
    expect(stem.bits).toBe(bits);
    expect(stem.inputQuantScale).toBe(Math.fround((bits === 8 ? 127 : 32767) / 255));
    const stripped = stripQuantization(tensors);
    expect([...stripped.keys()].sort()).toEqual([...plain.tensors.keys()].sort());
    for (const [name, { data }] of plain.tensors) {
      const kept = stripped.get(name)!.data;
      expect(kept.length === data.length && data.every((value, i) => value === kept[i]), name).toBe(true);
    }
  });
  it('a head-pose network saved by MLU PyTorch 1.3: every weight scale is float32(127 / absmax)', async () => {
    const { tensors } = await loadWeights(sharedPath('data', 'mlu_artifacts', 'headpose_quantize.pth'));
    const { convolutions, linears, findings } = readQuantizedCheckpoint(tensors);
    expect([convolutions.size, linears.size, findings.length]).toEqual([4, 3, 0]);
    expect([...convolutions.values(), ...linears.values()].every(({ bits }) => bits === 8)).toBe(true);
    const stripped = [...stripQuantization(tensors).keys()];
    expect(stripped.filter((key) => /scale|quantized/.test(key))).toEqual([]);
  });
});
