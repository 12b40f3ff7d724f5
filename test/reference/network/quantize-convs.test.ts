import { describe, expect, it } from 'vitest';
import {
  buildYolox,
  calibrationTaps,
  createVariant,
  foldBatchNorm,
  type Graph,
  quantizableConvs,
  quantizeConvs,
  randomWeights,
  scalesFromCalibration,
} from '../../../reference/network/index.ts';

const make = (depthwise: boolean): Graph => {
  const variant = createVariant(0.33, 0.125, { depthwise, classes: 2 });
  return buildYolox(variant, randomWeights(variant, 1));
};
const plain = make(false);
const depthwise = make(true);
const convolutions = (graph: Graph) => graph.nodes.filter((node) => node.op === 'conv2d');
const ranges = (graph: Graph) => new Map([...calibrationTaps(graph).keys()].map((name, i) => [name, 1 + i]));
const rounding = 'half-away-from-zero';

describe('which convolutions run on integers', () => {
  it('all of a plain YOLOX, the same 83 modules of a depthwise one', () => {
    expect(quantizableConvs(plain).length).toBe(convolutions(plain).length);
    expect(convolutions(depthwise).length).toBe(113);
    expect(quantizableConvs(depthwise).length).toBe(83);
    expect(quantizableConvs(depthwise).some(({ name }) => name.includes('.dconv.'))).toBe(false);
    expect(quantizableConvs(depthwise).some(({ name }) => name.includes('.pconv.'))).toBe(true);
  });
  it('taps the value that goes into each of them', () => {
    const taps = calibrationTaps(depthwise);
    expect(taps.size).toBe(83);
    for (const node of quantizableConvs(depthwise)) expect(taps.get(node.name)).toBe(node.inputs[0]);
  });
});

describe('scalesFromCalibration', () => {
  it('input float32(qmax / absmax), weights per tensor or per output channel', () => {
    const absmax = ranges(plain);
    const tensor = scalesFromCalibration(plain, absmax, { bits: 16, weightGranularity: 'per-tensor' });
    const channel = scalesFromCalibration(plain, absmax, { bits: 8, weightGranularity: 'per-channel' });
    expect(tensor.findings).toEqual([]);
    for (const node of quantizableConvs(plain)) {
      const weight = plain.tensors.get(node.weight)!;
      const scales = tensor.scales.get(node.name)!;
      expect(scales.bits).toBe(16);
      expect(scales.inputQuantScale).toBe(Math.fround(32767 / absmax.get(node.name)!));
      const largest = weight.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect([...scales.weightQuantScale]).toEqual([Math.fround(32767 / largest)]);
      const perChannel = channel.scales.get(node.name)!.weightQuantScale;
      expect(perChannel.length).toBe(weight.shape[0]);
      const size = weight.data.length / weight.shape[0];
      const last = weight.data.subarray(-size).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect(perChannel.at(-1)).toBe(Math.fround(127 / last));
    }
  });
  it('names an input that was all zero or never finite, and gives it the scale 1', () => {
    const absmax = ranges(plain).set('head.obj_preds.0', 0).set('head.obj_preds.1', Number.NaN);
    const { scales, findings } = scalesFromCalibration(plain, absmax, {
      bits: 8,
      weightGranularity: 'per-tensor',
    });
    expect(findings.map(({ module, problem }) => [module, problem])).toEqual([
      ['head.obj_preds.0', 'absmax-zero'],
      ['head.obj_preds.1', 'absmax-not-finite'],
    ]);
    expect(scales.get('head.obj_preds.0')!.inputQuantScale).toBe(1);
  });
  it('refuses a calibration that misses a layer', () => {
    const absmax = ranges(plain);
    absmax.delete('head.cls_preds.2');
    expect(() => scalesFromCalibration(plain, absmax, { bits: 8, weightGranularity: 'per-tensor' })).toThrow(
      /head\.cls_preds\.2/,
    );
  });
});

describe('quantizeConvs', () => {
  const options = { bits: 16, weightGranularity: 'per-tensor' } as const;
  const { scales } = scalesFromCalibration(depthwise, ranges(depthwise), options);

  it('marks them, leaves depthwise ones and all weights alone, and keeps batch norm in float behind them', () => {
    const quantized = quantizeConvs(depthwise, scales, { rounding: 'half-to-even' });
    expect(quantized.tensors).toBe(depthwise.tensors);
    for (const node of convolutions(quantized)) {
      if (node.op !== 'conv2d') continue;
      expect(node.quantization === undefined).toBe(node.name.includes('.dconv.'));
      if (node.quantization) expect(node.quantization.rounding).toBe('half-to-even');
    }
    const norms = (graph: Graph) => graph.nodes.filter((node) => node.op === 'batch-norm').length;
    const folded = foldBatchNorm(quantized);
    // 30 depthwise convolutions fold; of the 83 quantised ones 74 have a batch norm, which stays.
    expect([norms(depthwise), norms(folded)]).toEqual([104, 74]);
  });
  it('passes over the scales that a quantised checkpoint has for depthwise convolutions', () => {
    const all = new Map(scales).set('backbone.backbone.dark2.0.dconv.conv', scales.values().next().value!);
    expect(quantizeConvs(depthwise, all, { rounding })).toEqual(
      quantizeConvs(depthwise, scales, { rounding }),
    );
  });
  it('refuses missing scales, scales of another network, and a wrong number of weight scales', () => {
    const missing = new Map([...scales].slice(3));
    expect(() => quantizeConvs(depthwise, missing, { rounding })).toThrow(/and 1 more/);
    const foreign = new Map(scales).set('conv1', scales.values().next().value!);
    expect(() => quantizeConvs(depthwise, foreign, { rounding })).toThrow(/no convolution "conv1"/);
    const [name, first] = scales.entries().next().value!;
    const wrong = new Map(scales).set(name, { ...first, weightQuantScale: new Float32Array(3) });
    expect(() => quantizeConvs(depthwise, wrong, { rounding })).toThrow(/3 weight scales for/);
  });
});
