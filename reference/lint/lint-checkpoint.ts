import type { Bits, ModuleQuantization, QuantizedCheckpoint } from '../quantize/index.ts';
import type { AnyTensor, NamedTensors } from '../tensor.ts';
import { finding, type LintFinding, listNames } from './lint-finding.ts';

/**
 * What is wrong with a quantised checkpoint of any network, module by module: what `readQuantizedCheckpoint` found, weights
 * that are not finite, and modules of other bits than were asked for.
 */
export function lintCheckpoint(
  tensors: NamedTensors,
  quantized: QuantizedCheckpoint,
  { bits }: { readonly bits?: Bits } = {},
): LintFinding[] {
  const modules = new Map([...quantized.convolutions, ...quantized.linears]);
  if (modules.size === 0 && quantized.findings.length === 0) {
    return [finding('not-quantized', '', `none of its ${tensors.size} tensors is a scale or quantized_mode`)];
  }
  const findings = [...modules].flatMap(([name, module]) => {
    const weight = tensors.get(`${name}.weight`)!;
    return [...lintWeight(name, weight), ...lintFirstConv(name, module, weight.shape[1])];
  });
  for (const { problem, module, message } of quantized.findings) {
    if (problem === 'modes-mixed' && bits !== undefined) continue;
    findings.push(finding(problem, module, message));
  }
  const others = [...modules].filter(([, module]) => bits !== undefined && module.bits !== bits);
  if (others.length > 0) {
    const names = listNames(others.map(([name]) => name));
    findings.push(
      finding(
        'bits-differ',
        others.length === 1 ? others[0][0] : '',
        `int${bits} was asked for, and ${others.length} of ${modules.size} modules are int${others[0][1].bits}: ${names}`,
      ),
    );
  }
  return findings;
}

function lintWeight(module: string, weight: AnyTensor): LintFinding[] {
  const values = weight.data as Float32Array;
  const index = values.findIndex((value) => !Number.isFinite(Number(value)));
  if (index >= 0) {
    const message = `${module}: the weight is ${values[index]} at flat index ${index}`;
    return [finding('weight-not-finite', module, message)];
  }
  if (values.length === 0 || !values.every((value) => Number(value) === 0)) return [];
  return [finding('absmax-zero', module, `${module}: all ${values.length} weights are zero`)];
}

/** A first convolution that normalises by itself reads a picture of 1, 3 or 4 channels (`firstconv`, quantized/modules/conv.py). */
function lintFirstConv(
  module: string,
  { inputMean, inputStd }: ModuleQuantization,
  inChannels: number,
): LintFinding[] {
  if ((inputMean ?? inputStd) === undefined || PICTURE_CHANNELS.includes(inChannels)) return [];
  return [
    finding(
      'firstconv-channels',
      module,
      `${module}: it has input_mean or input_std (firstconv), and its input has ${inChannels} channels, as behind a Focus stem`,
    ),
  ];
}

const PICTURE_CHANNELS = [1, 3, 4];

/** Entries in which float weights, of float64 rounded to float32, and the checkpoint differ, of those that both have. */
export function lintAgainstFloat(tensors: NamedTensors, float: NamedTensors): LintFinding[] {
  const differing: string[] = [];
  let common = 0;
  for (const [name, tensor] of float) {
    const here = tensors.get(name);
    if (here === undefined || name.endsWith('.num_batches_tracked')) continue;
    common++;
    const same =
      here.data.length === tensor.data.length &&
      (here.data as Float32Array).every((value, i) => Object.is(value, Math.fround(Number(tensor.data[i]))));
    if (!same) differing.push(name);
  }
  if (common > 0 && differing.length === 0) return [];
  const message =
    common === 0
      ? 'the float weights and the checkpoint have no entry in common'
      : `${differing.length} of ${common} entries are not those of the float weights: ${listNames(differing)}`;
  return [finding('weights-differ', differing.length === 1 ? differing[0] : '', message)];
}
