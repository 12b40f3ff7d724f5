import { QUANTIZER_ENTRIES } from '../quantize/quantized-checkpoint.ts';
import type { NamedTensors } from '../tensor.ts';
import { expectedParameters } from './expected-parameters.ts';
import { type VariantOptions, variantOfLayers, type YoloxVariant } from './yolox-variant.ts';

const STEM = 'backbone.backbone.stem.conv';

/**
 * Finds which YOLOX a set of weights is, of any depth, width and number of classes, from names and shapes alone.
 * `num_batches_tracked` may be missing (a network never needs it). The activation cannot be seen in weights: SiLU
 * unless told.
 * @throws RangeError when the weights are of another architecture, naming the first key that is missing, has another
 * shape than the rest demands, or does not belong.
 */
export function describeVariant(
  tensors: NamedTensors,
  options: Pick<VariantOptions, 'activation'> = {},
): YoloxVariant {
  const [baseChannels] = shapeOf(tensors, `${STEM}.conv.weight`, 4);
  const [classes] = shapeOf(tensors, 'head.cls_preds.0.weight', 4);
  const variant = variantOfLayers({
    baseChannels,
    backboneRepeats: countBottlenecks(tensors, 'backbone.backbone.dark2.1'),
    neckRepeats: countBottlenecks(tensors, 'backbone.C3_p4'),
    depthwise: tensors.has('backbone.backbone.dark2.0.dconv.conv.weight'),
    classes,
    activation: options.activation ?? 'silu',
    batchNorm: !tensors.has(`${STEM}.conv.bias`),
  });
  checkParameters(tensors, variant);
  return variant;
}

/**
 * Checks that weights have every entry of a variant in its shape, and none that the network would leave unused.
 * @throws RangeError naming the first entry that is missing, of another shape, or does not belong.
 */
export function checkParameters(tensors: NamedTensors, variant: YoloxVariant): void {
  const expected = expectedParameters(variant);
  for (const [name, shape] of expected) {
    const tensor = tensors.get(name);
    if (!tensor) {
      if (name.endsWith('.num_batches_tracked')) continue;
      throw missing(tensors, name);
    }
    if (!sameShape(tensor.shape, shape)) {
      throw new RangeError(
        `the weights do not fit together as a YOLOX: "${name}" has shape [${tensor.shape.join(', ')}], ` +
          `and the other layers demand [${shape.join(', ')}]`,
      );
    }
  }
  for (const name of tensors.keys()) {
    if (expected.has(name) || QUANTIZER_ENTRIES.includes(name.slice(name.lastIndexOf('.') + 1))) continue;
    throw new RangeError(
      `the weights are not those of an official YOLOX: "${name}" has no place in one with ` +
        `${variant.baseChannels} stem channels, ${variant.backboneRepeats} bottlenecks and ${variant.classes} classes`,
    );
  }
}

function countBottlenecks(tensors: NamedTensors, path: string): number {
  let count = 0;
  while (tensors.has(`${path}.m.${count}.conv1.conv.weight`)) count++;
  return count;
}

function shapeOf(tensors: NamedTensors, name: string, rank: number): readonly number[] {
  const tensor = tensors.get(name);
  if (!tensor) throw missing(tensors, name);
  if (tensor.shape.length !== rank || tensor.shape.some((extent) => extent < 1)) {
    throw new RangeError(
      `the weights are not those of a YOLOX: "${name}" has shape [${tensor.shape.join(', ')}], ` +
        `and a convolution's weights have ${rank} axes`,
    );
  }
  return tensor.shape;
}

function missing(tensors: NamedTensors, name: string): RangeError {
  const [first] = tensors.keys();
  const found = first === undefined ? 'there are no tensors' : `${tensors.size} others, the first "${first}"`;
  return new RangeError(`the weights are not those of an official YOLOX: "${name}" is missing (${found})`);
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((extent, i) => extent === b[i]);
}
