import { createRandom, type Random } from '../random.ts';
import { type AnyTensor, float32Tensor, type NamedTensors } from '../tensor.ts';
import { expectedParameters } from './expected-parameters.ts';
import type { ConvolutionLayout } from './layout-builder.ts';
import { convolutionsInForwardOrder } from './yolox-layout.ts';
import type { YoloxVariant } from './yolox-variant.ts';

/** Mean square of SiLU over a standard normal: what one block hands to the next when batch norm works. */
const ACTIVATION_POWER = 0.355;
/**
 * What a block passes on of its input's deviation, and the deviation of what it adds itself. The two variances make 1, so
 * that a normal input comes out normal; since the first is well below 1, a surplus from shortcuts fades again.
 */
const GAIN = 0.7;
const OFFSET = 0.7;
/** Mean square of a pixel, uniform in 0–255. */
const PIXEL_POWER = 255 ** 2 / 3;
/** Share of anchors that the official head expects to be an object at the start (`initialize_biases(1e-2)`). */
const PRIOR_PROBABILITY = 1e-2;
/** Box regression starts small, so that `exp` of the decode stays within an image. */
const BOX_GAIN = 0.3;

/**
 * A complete state dict of a variant with seeded random values, in the official order. Weights follow He
 * initialisation and batch norms carry the statistics that go with it, so that activations neither vanish nor explode
 * at any depth; objectness and class biases are the official prior.
 * @param seed integer in 0 … 2³² − 1.
 */
export function randomWeights(variant: YoloxVariant, seed: number): NamedTensors {
  const random = createRandom(seed);
  const filled = new Map<string, AnyTensor>();
  for (const layout of convolutionsInForwardOrder(variant)) fillConvolution(filled, layout, random);

  const ordered = new Map<string, AnyTensor>();
  for (const name of expectedParameters(variant).keys()) ordered.set(name, filled.get(name)!);
  return ordered;
}

function fillConvolution(filled: Map<string, AnyTensor>, layout: ConvolutionLayout, random: Random): void {
  const { name, weightShape, batchNorm, bias } = layout;
  const [channels, inPerGroup, kernelHeight, kernelWidth] = weightShape;
  const fanIn = inPerGroup * kernelHeight * kernelWidth;
  const inputPower = name.includes('.stem.') ? PIXEL_POWER : ACTIVATION_POWER;
  const normal = (count: number, mean: number, deviation: number): Float32Array =>
    Float32Array.from({ length: count }, () => mean + deviation * random.gaussian());
  const set = (key: string, values: Float32Array, shape: readonly number[]): void => {
    filled.set(key, float32Tensor(values, shape, shape.length === 4 ? 'OIHW' : undefined));
  };

  const gain = batchNorm ? 2 : (name.includes('_preds.') ? BOX_GAIN : GAIN) ** 2 / inputPower;
  set(`${name}.weight`, normal(channels * fanIn, 0, Math.sqrt(gain / fanIn)), weightShape);
  if (bias) {
    const prior = /\.(cls|obj)_preds\./.test(name);
    const values = prior
      ? new Float32Array(channels).fill(-Math.log((1 - PRIOR_PROBABILITY) / PRIOR_PROBABILITY))
      : normal(channels, 0, name.includes('_preds.') ? 0.1 : OFFSET);
    set(`${name}.bias`, values, [channels]);
  }
  if (batchNorm === undefined) return;
  const variance = gain * inputPower;
  set(`${batchNorm}.weight`, normal(channels, GAIN, 0.1 * GAIN), [channels]);
  set(`${batchNorm}.bias`, normal(channels, 0, OFFSET), [channels]);
  set(`${batchNorm}.running_mean`, normal(channels, 0, 0.1 * Math.sqrt(variance)), [channels]);
  const variances = normal(channels, 0, 0.2).map((logarithm) => variance * Math.exp(logarithm));
  set(`${batchNorm}.running_var`, variances, [channels]);
  filled.set(`${batchNorm}.num_batches_tracked`, { dtype: 'int64', shape: [], data: new BigInt64Array(1) });
}
