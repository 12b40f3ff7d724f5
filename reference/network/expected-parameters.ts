import { elementCount } from '../tensor.ts';
import { convolutionsInForwardOrder } from './yolox-layout.ts';
import type { YoloxVariant } from './yolox-variant.ts';

/**
 * Module names in the order in which the official constructors register them, which is the order of the state dict and
 * differs from the order in which the modules run. One list serves all levels, because no two levels disagree.
 */
const REGISTRATION_ORDER = [
  // YOLOPAFPN
  'backbone',
  'lateral_conv0',
  'C3_p4',
  'reduce_conv1',
  'C3_p3',
  'bu_conv2',
  'C3_n3',
  'bu_conv1',
  'C3_n4',
  // CSPDarknet
  'stem',
  'dark2',
  'dark3',
  'dark4',
  'dark5',
  // YOLOXHead
  'head',
  'cls_convs',
  'reg_convs',
  'cls_preds',
  'reg_preds',
  'obj_preds',
  'stems',
  // CSPLayer, SPPBottleneck, Bottleneck, DWConv
  'conv1',
  'conv2',
  'conv3',
  'm',
  'dconv',
  'pconv',
  'conv',
];
const RANK = new Map(REGISTRATION_ORDER.map((name, rank) => [name, rank]));

/** Names of a batch norm's entries in the state dict that are not trained, so not parameters. */
const BUFFERS = ['running_mean', 'running_var', 'num_batches_tracked'];

/**
 * Keys and shapes of the official state dict, in its order. `num_batches_tracked` is a scalar, `[]`.
 */
export function expectedParameters(variant: YoloxVariant): Map<string, readonly number[]> {
  const convolutions = [...convolutionsInForwardOrder(variant)].sort((a, b) =>
    compareRegistration(a.name, b.name),
  );
  const parameters = new Map<string, readonly number[]>();
  for (const { name, weightShape, bias, batchNorm } of convolutions) {
    const channels = [weightShape[0]];
    parameters.set(`${name}.weight`, weightShape);
    if (bias) parameters.set(`${name}.bias`, channels);
    if (batchNorm === undefined) continue;
    for (const entry of ['weight', 'bias', 'running_mean', 'running_var']) {
      parameters.set(`${batchNorm}.${entry}`, channels);
    }
    parameters.set(`${batchNorm}.num_batches_tracked`, []);
  }
  return parameters;
}

/** Trained parameters of a variant, as `sum(p.numel() for p in model.parameters())` counts them. */
export function countParameters(variant: YoloxVariant): number {
  let count = 0;
  for (const [name, shape] of expectedParameters(variant)) {
    if (!isBuffer(name)) count += elementCount(shape);
  }
  return count;
}

function isBuffer(name: string): boolean {
  return BUFFERS.includes(name.slice(name.lastIndexOf('.') + 1));
}

function compareRegistration(a: string, b: string): number {
  const first = a.split('.');
  const second = b.split('.');
  const length = Math.min(first.length, second.length);
  for (let i = 0; i < length; i++) {
    const difference = rank(first[i]) - rank(second[i]);
    if (difference !== 0) return difference;
  }
  return first.length - second.length;
}

/** Numbered modules (`m.0`, `m.1`) stand in the order of their numbers. */
function rank(segment: string): number {
  return RANK.get(segment) ?? Number(segment);
}
