import {
  type Activation,
  convolutionsInForwardOrder,
  createVariant,
  type YoloxVariant,
} from '../../../reference/network/index.ts';
import type { OnnxNode } from '../../onnx/model-proto.ts';
import { attributeInts } from './attributes.ts';
import { notYolox } from './not-yolox.ts';
import type { OnnxGraph } from './onnx-graph.ts';
import { NETWORK_INPUT, type Wiring } from './wiring.ts';

const LEVELS = 3;
/** Box regression, objectness, classes. */
const PREDICTIONS = 3;
const MAX_REPEATS = 30;
const FOREIGN_ACTIVATIONS = [
  'HardSwish',
  'HardSigmoid',
  'Mish',
  'Softplus',
  'Elu',
  'Selu',
  'PRelu',
  'Tanh',
  'Gelu',
];

/** The only variant that the graph can be of: width by its first layer, classes by its last, depth by their number. */
export function guessVariant(onnx: OnnxGraph, wiring: Wiring<OnnxNode>): YoloxVariant {
  const { convolutions, outputs } = wiring;
  const stems = convolutions.filter(({ sources }) => sources.length === 1 && sources[0] === NETWORK_INPUT);
  if (stems.length !== 1) throw notYolox(`${stems.length} convolutions read the image instead of one`);
  if (outputs.length !== LEVELS * PREDICTIONS || outputs.includes(NETWORK_INPUT)) {
    throw notYolox(`its outputs come from ${outputs.length} convolutions instead of ${LEVELS * PREDICTIONS}`);
  }
  const channels = (node: OnnxNode): number => onnx.constant(node.input[1] ?? '').shape[0] ?? 0;
  const baseChannels = channels(stems[0].convolution);
  const classes = channels(convolutions[outputs[PREDICTIONS - 1]].convolution);
  if (baseChannels < 1 || classes < 1) throw notYolox('its first or last convolution has no channels');
  const options = {
    classes,
    depthwise: convolutions.some(({ convolution }) => attributeInts(convolution, 'group', [1])[0] > 1),
    activation: findActivation(onnx),
  };
  const used = countUsed(wiring);
  for (let repeats = 0; repeats <= MAX_REPEATS; repeats++) {
    const variant = createVariant(repeats / 3, baseChannels / 64, options);
    const count = convolutionsInForwardOrder(variant).length;
    if (count === used) return variant;
    if (count > used) break;
  }
  throw notYolox(`no depth of it has ${used} convolutions`);
}

function countUsed({ convolutions, outputs }: Wiring<OnnxNode>): number {
  const used = new Set<number>();
  const waiting = [...outputs];
  for (let source = waiting.pop(); source !== undefined; source = waiting.pop()) {
    if (source === NETWORK_INPUT || used.has(source)) continue;
    used.add(source);
    waiting.push(...convolutions[source].sources);
  }
  return used.size;
}

function findActivation(onnx: OnnxGraph): Activation {
  const foreign = FOREIGN_ACTIVATIONS.find((type) => onnx.hasOperator(type));
  if (foreign) throw notYolox(`it uses the activation ${foreign}`);
  if (onnx.hasOperator('LeakyRelu')) return 'leaky-relu';
  return onnx.hasOperator('Relu') ? 'relu' : 'silu';
}
