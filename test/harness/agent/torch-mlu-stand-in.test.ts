import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { python } from '../../support/python.ts';
import { pythonJson } from '../../support/run-agent.ts';

const facts = (name: string): string => fileURLToPath(new URL(`support/${name}.py`, import.meta.url));

interface Entry {
  readonly key: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly values: readonly number[];
}
interface Quantisation {
  /** Smallest and largest input of each layer, forward by forward, as another hook saw it. */
  readonly seen: Readonly<Record<string, readonly [number, number][]>>;
  readonly equalToFloat: boolean;
  readonly entries: readonly Entry[];
  readonly metadata: readonly string[];
  /** Rows of output channels. */
  readonly weights: Readonly<Record<string, readonly number[][]>>;
  readonly printed: string;
}
type Refusal = readonly [type: string, message: string];
interface QuantiserFacts
  extends Readonly<
    Record<
      | 'int16'
      | 'iteration2'
      | 'iteration9'
      | 'average'
      | 'byChannel'
      | 'mixed'
      | 'never'
      | 'unusable'
      | 'firstconv'
      | 'dtypeIgnored',
      Quantisation
    >
  > {
  readonly refused: Readonly<Record<'dtype' | 'spec' | 'firstconv' | 'mean', Refusal>>;
  readonly silent: { missing: string[]; scale: null; other: number[] };
  readonly byChannelLoaded: { scale: number; mode: number[] };
}

const LAYERS = ['first', 'depthwise', 'block.0', 'block.2', 'linear'];
const entry = ({ entries }: Quantisation, key: string): Entry => {
  const found = entries.find((other) => other.key === key);
  if (!found) throw new Error(`there is no ${key}`);
  return found;
};
const values = (of: Quantisation, key: string): readonly number[] => entry(of, key).values;
const scaleOf = (absmax: number, qmax: number): number => Math.fround(qmax / absmax);
const absmaxOf = (numbers: readonly number[]): number => Math.max(...numbers.map(Math.abs));
const absmaxOfInputs = (of: Quantisation, layer: string, forwards: number): number =>
  absmaxOf(of.seen[layer]!.slice(0, forwards).flat());

describe.skipIf(!python)("the stand-in of the vendor's quantiser", () => {
  let of: QuantiserFacts;
  beforeAll(async () => {
    of = await pythonJson(facts('quantiser_facts'), ['1']);
  });

  test('scale is float32(qmax / absmax) of input and weight in every layer, for as many forwards as iteration says', () => {
    for (const [quantisation, forwards, qmax] of [
      [of.int16, 1, 32767],
      [of.iteration2, 2, 32767],
      [of.iteration9, 3, 127],
    ] as const) {
      for (const layer of LAYERS) {
        expect([layer, ...values(quantisation, `${layer}.scale`)]).toEqual([
          layer,
          scaleOf(absmaxOfInputs(quantisation, layer, forwards), qmax),
          scaleOf(absmaxOf(quantisation.weights[`${layer}.weight`]!.flat()), qmax),
        ]);
        expect(values(quantisation, `${layer}.quantized_mode`)).toEqual([qmax === 127 ? 1 : 2]);
      }
    }
    // Each forward reaches farther than the one before, so that the three differ.
    expect(absmaxOfInputs(of.int16, 'first', 1)).toBeLessThan(absmaxOfInputs(of.int16, 'first', 2));
    expect(of.int16.printed.match(/reaches maxium img_num/g)).toHaveLength(2 * LAYERS.length);
    expect(of.iteration2.printed.match(/reaches maxium img_num/g)).toHaveLength(LAYERS.length);
    expect(of.iteration9.printed).toBe('');
  });

  test('use_avg weighs the first image by the count that is one ahead; data_scale comes before', () => {
    for (const layer of LAYERS) {
      const seen = of.average.seen[layer]!.map((range) => range.map((value) => value * 1.25));
      const merged = [0, 1].map((side) => {
        const [a, b, c] = seen.map((range) => range[side]!) as [number, number, number];
        const two = (a * 2 + b) / 3;
        return (two * 3 + c) / 4;
      });
      expect(values(of.average, `${layer}.scale`)[0]).toBe(scaleOf(absmaxOf(merged), 127));
    }
  });

  test('keys stand in the order and the types of the 1.3 files, the weights untouched', () => {
    const conv = (name: string, bias: boolean): string[] =>
      ['weight', ...(bias ? ['bias'] : []), 'scale', 'quantized_mode'].map((key) => `${name}.${key}`);
    const bn = ['weight', 'bias', 'running_mean', 'running_var', 'num_batches_tracked'];
    expect(of.int16.entries.map(({ key }) => key)).toEqual([
      ...conv('first', false),
      ...bn.map((key) => `bn.${key}`),
      ...conv('depthwise', true),
      ...conv('block.0', true),
      ...conv('block.2', true),
      ...['weight', 'bias', 'quantized_mode', 'scale'].map((key) => `linear.${key}`),
    ]);
    for (const layer of LAYERS) {
      expect(entry(of.int16, `${layer}.scale`)).toMatchObject({ dtype: 'torch.float32', shape: [2] });
      expect(entry(of.int16, `${layer}.quantized_mode`)).toMatchObject({ dtype: 'torch.int32', shape: [1] });
      expect(values(of.int16, `${layer}.weight`)).toEqual(of.int16.weights[`${layer}.weight`]!.flat());
      expect(of.int16.metadata).toContain(`${layer}.observer`);
    }
  });

  test('on the CPU the quantised network is the float network', () => {
    for (const quantisation of [of.int16, of.average, of.byChannel, of.mixed, of.firstconv])
      expect(quantisation.equalToFloat).toBe(true);
  });

  test('per channel: one scale for each output channel, and 0 in the place of the one', () => {
    for (const layer of LAYERS) {
      expect(values(of.byChannel, `${layer}.scale`)[1]).toBe(0);
      expect(entry(of.byChannel, `${layer}.quantized_by_channel`)).toMatchObject({
        dtype: 'torch.int64',
        values: [1],
      });
      expect(values(of.byChannel, `${layer}.scale_weight_per_channel`)).toEqual(
        of.byChannel.weights[`${layer}.weight`]!.map((row) => scaleOf(absmaxOf(row), 127)),
      );
    }
    expect(of.byChannelLoaded).toEqual({ scale: 2 + 8, mode: [3] });
  });

  test('mixed_layer names layers and whole blocks', () => {
    const modes = LAYERS.map((layer) => values(of.mixed, `${layer}.quantized_mode`)[0]);
    expect(modes).toEqual([2, 1, 2, 2, 1]);
  });

  test('without a forward, with a weight of zeros or an input that is NaN, scales are 1', () => {
    for (const layer of LAYERS) expect(values(of.never, `${layer}.scale`)[0]).toBe(1);
    expect(of.never.printed).toMatch(/the observer never ran/);
    expect(values(of.unusable, 'block.0.scale')[1]).toBe(1);
    expect(values(of.unusable, 'linear.scale')[0]).toBe(1);
    expect(of.unusable.printed).toMatch(/not a number/);
  });

  test('firstconv: mean and std times 255 in the first convolution alone; the dtype is not read without options', () => {
    expect(values(of.firstconv, 'first.input_mean')).toEqual([127.5, 63.75, 0]);
    expect(values(of.firstconv, 'first.input_std')).toEqual([255, 127.5, 63.75]);
    expect(entry(of.firstconv, 'first.input_std').shape).toEqual([1, 3, 1, 1]);
    expect(of.firstconv.entries.filter(({ key }) => key.endsWith('input_mean'))).toHaveLength(1);
    for (const layer of LAYERS) expect(values(of.dtypeIgnored, `${layer}.quantized_mode`)).toEqual([1]);
  });

  test('what the public quantiser refuses', () => {
    expect(of.refused).toEqual({
      dtype: ['ValueError', 'Unknow dtype for quantization'],
      spec: ['ValueError', 'Unknown qconfig_spec'],
      firstconv: ['AssertionError', expect.stringContaining('not 5')],
      mean: ['AssertionError', expect.stringContaining('within 0 and 1')],
    });
  });

  test('a missing scale loads in silence', () => {
    expect(of.silent.missing).toEqual([]);
    expect(of.silent.scale).toBeNull();
    expect(of.silent.other[0]).toBeGreaterThan(1);
  });
});
