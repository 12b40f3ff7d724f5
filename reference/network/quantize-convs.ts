import type { QuantizationFinding } from '../quantize/finding.ts';
import { type Bits, quantScaleOf } from '../quantize/fixed-point.ts';
import type { WeightGranularity } from '../quantize/weight-scales.ts';
import { weightQuantScales } from '../quantize/weight-scales.ts';
import type { ConvNode, Graph, RoundingMode } from './graph.ts';

/** Scales of one convolution, from a quantised checkpoint (`ModuleQuantization`) or from `scalesFromCalibration`. */
export interface ConvScales {
  readonly bits: Bits;
  readonly inputQuantScale: number;
  /** One value (per tensor) or one per output channel. */
  readonly weightQuantScale: Float32Array;
}

/**
 * Whether a device runs this convolution on integers: all but the depthwise ones, which stay float ("depthwise doesn't
 * support int8 for now", Cambricon Caffe src/caffe/layers/mlu_conv_layer.cpp; their weights are float in the saved models too).
 */
export function isQuantizable(node: ConvNode, graph: Graph): boolean {
  const weight = graph.tensors.get(node.weight);
  return !(node.groups > 1 && weight?.shape[1] === 1);
}

/** The convolutions that will be quantised, in graph order. */
export function quantizableConvs(graph: Graph): ConvNode[] {
  return graph.nodes.filter((node) => node.op === 'conv2d').filter((node) => isQuantizable(node, graph));
}

/** Which value to watch for each convolution that will be quantised: module path → name of its input value. */
export function calibrationTaps(graph: Graph): Map<string, string> {
  return new Map(quantizableConvs(graph).map((node) => [node.name, node.inputs[0]]));
}

/**
 * Marks every convolution but the depthwise ones to run on integers.
 *
 * Quantise first and fold batch norm afterwards: scales are those of the checkpoint's own weights, a device keeps batch
 * norm as a float operation behind the integer convolution (it is not folded into the weights of the offline models), and
 * `foldBatchNorm` leaves quantised convolutions alone.
 * @param scales by module path. Entries for depthwise convolutions, which a quantised checkpoint has too, are passed over.
 * @throws RangeError when a convolution has no scales, when there are scales for a module that the network does not have,
 * or when the number of weight scales fits neither the tensor nor its output channels.
 */
export function quantizeConvs(
  graph: Graph,
  scales: ReadonlyMap<string, ConvScales>,
  options: { readonly rounding: RoundingMode },
): Graph {
  const names = new Set(graph.nodes.filter((node) => node.op === 'conv2d').map((node) => node.name));
  const unknown = [...scales.keys()].filter((name) => !names.has(name));
  if (unknown.length > 0) {
    throw new RangeError(
      `cannot quantise ${graph.name}: it has no convolution ${list(unknown)}, for which there are scales; take the scales of this network`,
    );
  }
  const quantizable = quantizableConvs(graph);
  const missing = quantizable.map(({ name }) => name).filter((name) => !scales.has(name));
  if (missing.length > 0) {
    throw new RangeError(
      `cannot quantise ${graph.name}: there are no scales for ${list(missing)}; calibrate it or take a complete quantised checkpoint`,
    );
  }
  const quantized = new Map(
    quantizable.map((node) => [node.name, withScales(node, graph, scales, options.rounding)]),
  );
  return { ...graph, nodes: graph.nodes.map((node) => quantized.get(node.name) ?? node) };
}

function withScales(
  node: ConvNode,
  graph: Graph,
  scales: ReadonlyMap<string, ConvScales>,
  rounding: RoundingMode,
): ConvNode {
  const { bits, inputQuantScale, weightQuantScale } = scales.get(node.name)!;
  const channels = graph.tensors.get(node.weight)!.shape[0];
  if (weightQuantScale.length !== 1 && weightQuantScale.length !== channels) {
    throw new RangeError(
      `cannot quantise ${node.name}: ${weightQuantScale.length} weight scales for ${channels} output channels; give 1 or ${channels}`,
    );
  }
  return { ...node, quantization: { bits, inputQuantScale, weightQuantScale, rounding } };
}

/** Two names at most, and how many more. */
function list(names: readonly string[]): string {
  const shown = names.slice(0, 2).map((name) => `"${name}"`);
  return names.length > 2 ? `${shown.join(', ')} and ${names.length - 2} more` : shown.join(' and ');
}

export interface CalibratedScales {
  readonly scales: ReadonlyMap<string, ConvScales>;
  readonly findings: readonly QuantizationFinding[];
}

/**
 * Scales of every convolution that will be quantised, from the absmax of its input over the calibration images and from
 * its own weights.
 * @param absmax by module path, as the calibration run gives it.
 * @throws RangeError when a convolution's absmax is missing.
 */
export function scalesFromCalibration(
  graph: Graph,
  absmax: ReadonlyMap<string, number>,
  options: { readonly bits: Bits; readonly weightGranularity: WeightGranularity },
): CalibratedScales {
  const scales = new Map<string, ConvScales>();
  const findings: QuantizationFinding[] = [];
  for (const node of quantizableConvs(graph)) {
    const largest = absmax.get(node.name);
    if (largest === undefined) {
      throw new RangeError(`cannot quantise ${node.name}: the calibration has no absmax of its input`);
    }
    const input = quantScaleOf(largest, options.bits);
    if (input.problem) {
      const message = `the calibration saw an absmax of ${largest} at the input of ${node.name}; its quant scale is 1`;
      findings.push({ problem: input.problem, module: node.name, message });
    }
    const weight = graph.tensors.get(node.weight)!;
    const weights = weightQuantScales(node.name, weight, options.bits, options.weightGranularity);
    findings.push(...weights.findings);
    scales.set(node.name, {
      bits: options.bits,
      inputQuantScale: input.quantScale,
      weightQuantScale: weights.quantScales,
    });
  }
  return { scales, findings };
}
