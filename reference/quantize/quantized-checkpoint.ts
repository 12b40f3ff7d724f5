import type { AnyTensor, NamedTensors, Tensor } from '../tensor.ts';
import type { QuantizationFinding, QuantizationProblem } from './finding.ts';
import { type Bits, maxInteger } from './fixed-point.ts';
import { weightQuantScales } from './weight-scales.ts';

/** What a quantised module of a checkpoint says of itself. */
export interface ModuleQuantization {
  readonly bits: Bits;
  readonly inputQuantScale: number;
  /** One value (per tensor) or one per output channel. */
  readonly weightQuantScale: Float32Array;
  /** Input statistics of a first convolution that normalises by itself (`firstconv`), in grey levels 0–255. */
  readonly inputMean?: Float32Array;
  readonly inputStd?: Float32Array;
}

export interface QuantizedCheckpoint {
  /** By module path, in file order: modules whose weight has four axes. */
  readonly convolutions: ReadonlyMap<string, ModuleQuantization>;
  /** Likewise for linear layers, whose weight has two. */
  readonly linears: ReadonlyMap<string, ModuleQuantization>;
  readonly findings: readonly QuantizationFinding[];
}

/** Entries that MLU PyTorch adds beside a quantised module; they say nothing about the architecture. */
export const QUANTIZER_ENTRIES: readonly string[] = [
  'scale',
  'quantized_mode',
  'quantized_by_channel',
  'scale_weight_per_channel',
  'input_mean',
  'input_std',
  'use_symmetry',
];

/**
 * Reads the quantisation out of a state dict as MLU PyTorch saves it (`quantize_dynamic_mlu(..., gen_quant=True)`,
 * torch_mlu/core/quantized/modules/conv.py): `P.scale` = [input, weight] and `P.quantized_mode` 1 int8, 2 int16 beside an
 * untouched float `P.weight`; per channel `P.scale` = [input, 0] with `P.scale_weight_per_channel`, or, saved again after a
 * load, mode 3 or 4 with all the weight scales behind the input scale.
 *
 * Never throws: a module that cannot be used is left out and named in the findings. A plain float state dict gives no
 * modules and no findings.
 */
export function readQuantizedCheckpoint(tensors: NamedTensors): QuantizedCheckpoint {
  const convolutions = new Map<string, ModuleQuantization>();
  const linears = new Map<string, ModuleQuantization>();
  const findings: QuantizationFinding[] = [];
  const quantized = quantizedModules(tensors);
  for (const module of quantized) {
    const found = readModule(module, tensors, findings);
    if (found)
      (tensors.get(`${module}.weight`)!.shape.length === 2 ? linears : convolutions).set(module, found);
  }
  if (quantized.size > 0) {
    for (const [key, tensor] of tensors) {
      const module = key.endsWith('.weight') ? key.slice(0, -'.weight'.length) : undefined;
      if (module === undefined || tensor.shape.length < 2 || quantized.has(module)) continue;
      findings.push({
        problem: 'scale-missing',
        module,
        message: `${module} has the weight of a convolution or linear layer but no scale, although other modules are quantised`,
      });
    }
  }
  const widths = new Set([...convolutions.values(), ...linears.values()].map(({ bits }) => bits));
  if (widths.size > 1) {
    findings.push({
      problem: 'modes-mixed',
      module: '',
      message:
        'the checkpoint mixes int8 and int16 modules; intended only where the quantiser was given mixed_layer',
    });
  }
  return { convolutions, linears, findings };
}

/** The plain float state dict: everything but the entries that quantisation added. */
export function stripQuantization(tensors: NamedTensors): NamedTensors {
  const quantized = quantizedModules(tensors);
  const added = new Set(
    [...quantized].flatMap((module) => QUANTIZER_ENTRIES.map((suffix) => `${module}.${suffix}`)),
  );
  return new Map([...tensors].filter(([key]) => !added.has(key)));
}

/** Modules with a `quantized_mode`, or with a weight of a convolution or linear layer beside a `scale`. */
function quantizedModules(tensors: NamedTensors): Set<string> {
  const modules = new Set<string>();
  for (const key of tensors.keys()) {
    const dot = key.lastIndexOf('.');
    const module = key.slice(0, Math.max(dot, 0));
    const suffix = key.slice(dot + 1);
    const rank = tensors.get(`${module}.weight`)?.shape.length;
    if (suffix === 'quantized_mode' || (suffix === 'scale' && (rank === 4 || rank === 2)))
      modules.add(module);
  }
  return modules;
}

function readModule(
  module: string,
  tensors: NamedTensors,
  findings: QuantizationFinding[],
): ModuleQuantization | undefined {
  const report = (problem: QuantizationProblem, message: string): undefined => {
    findings.push({ problem, module, message: `${module}: ${message}` });
    return undefined;
  };
  const weight = tensors.get(`${module}.weight`);
  if (!isFloat(weight)) return report('weight-missing', 'there is no float32 weight beside the scale');
  const outChannels = weight.shape[0];

  const scale = tensors.get(`${module}.scale`);
  if (scale === undefined) return report('scale-missing', 'quantized_mode is there but scale is not');
  if (!isFloat(scale) || (scale.data.length !== 2 && scale.data.length !== 2 + outChannels)) {
    return report(
      'scale-malformed',
      `scale is ${scale.dtype} [${scale.shape.join(', ')}], not float32 of 2 or ${2 + outChannels} values`,
    );
  }
  const inputQuantScale = scale.data[0];
  const weightQuantScale = readWeightScale(
    scale,
    tensors.get(`${module}.scale_weight_per_channel`),
    outChannels,
  );
  if (weightQuantScale === undefined) {
    return report('scale-malformed', `scale_weight_per_channel does not hold ${outChannels} float32 values`);
  }
  const unusable = [inputQuantScale, ...weightQuantScale].find(
    (value) => !(value > 0 && Number.isFinite(value)),
  );
  if (unusable !== undefined) return report('scale-not-positive', `a quant scale is ${unusable}`);

  const mode = tensors.get(`${module}.quantized_mode`);
  const bits = mode === undefined ? bitsByWeight(module, weight, weightQuantScale) : bitsOfMode(mode);
  if (mode === undefined)
    report(
      'mode-missing',
      `quantized_mode is missing; the weight scale says ${bits ?? 'neither 8 nor 16'} bits`,
    );
  if (bits === undefined) {
    if (mode !== undefined) report('mode-unknown', `quantized_mode is ${mode.data.join(', ')}, not 1 to 4`);
    return undefined;
  }
  if (inputQuantScale === 1)
    report('never-calibrated', 'the input scale is exactly 1, as saved without a forward pass');
  checkWeightScale(module, weight, weightQuantScale, bits, report);

  const inputMean = tensors.get(`${module}.input_mean`);
  const inputStd = tensors.get(`${module}.input_std`);
  return {
    bits,
    inputQuantScale,
    weightQuantScale,
    ...(isFloat(inputMean) && { inputMean: inputMean.data }),
    ...(isFloat(inputStd) && { inputStd: inputStd.data }),
  };
}

function readWeightScale(
  scale: Tensor,
  perChannel: AnyTensor | undefined,
  outChannels: number,
): Float32Array | undefined {
  if (perChannel !== undefined) {
    return isFloat(perChannel) && perChannel.data.length === outChannels ? perChannel.data : undefined;
  }
  return scale.data.length === 2 ? scale.data.slice(1) : scale.data.slice(2);
}

/** 1 int8, 2 int16; 3 and 4 the same after a per-channel module was loaded. */
function bitsOfMode(mode: AnyTensor): Bits | undefined {
  const value = mode.data.length === 1 ? Number(mode.data[0]) : Number.NaN;
  if (value === 1 || value === 3) return 8;
  return value === 2 || value === 4 ? 16 : undefined;
}

/** The width under which the saved weight scale is the one that the weight gives. */
function bitsByWeight(module: string, weight: Tensor, saved: Float32Array): Bits | undefined {
  return ([8, 16] as const).find((bits) => differsAt(module, weight, saved, bits) === undefined);
}

function checkWeightScale(
  module: string,
  weight: Tensor,
  saved: Float32Array,
  bits: Bits,
  report: (problem: QuantizationProblem, message: string) => void,
): void {
  const at = differsAt(module, weight, saved, bits);
  if (at === undefined) return;
  const channel = saved.length === 1 ? '' : ` of output channel ${at.index}`;
  report(
    'weight-scale-differs',
    `the weight scale${channel} is ${at.saved}, but ${maxInteger(bits)} / absmax(weight) is ${at.expected}`,
  );
}

function differsAt(
  module: string,
  weight: Tensor,
  saved: Float32Array,
  bits: Bits,
): { index: number; saved: number; expected: number } | undefined {
  const granularity = saved.length === 1 ? 'per-tensor' : 'per-channel';
  const expected = weightQuantScales(module, weight, bits, granularity).quantScales;
  const index = expected.findIndex((value, i) => value !== saved[i]);
  return index < 0 ? undefined : { index, saved: saved[index], expected: expected[index] };
}

function isFloat(tensor: AnyTensor | undefined): tensor is Tensor {
  return tensor?.dtype === 'float32';
}
