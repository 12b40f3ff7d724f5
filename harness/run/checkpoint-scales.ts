import { basename } from 'node:path';
import { type ModuleQuantization, readQuantizedCheckpoint } from '../../reference/quantize/index.ts';
import { BadDataError } from '../errors.ts';
import { loadModel, type Model } from '../model/load-model.ts';
import type { BackendOptions } from './backend-options.ts';
import type { QuantizedName, QuantizedSpec } from './backend-spec.ts';
import type { Scales } from './quantization-setup.ts';
import { scaleWarnings } from './scale-warnings.ts';

/** The checkpoint that a backend was given by `--quantized`. */
export function checkpointIn(
  { quantization: { checkpoints } }: BackendOptions,
  name: QuantizedName,
): string | undefined {
  return checkpoints[name] ?? checkpoints.all;
}

/**
 * Scales, and the weights with them, out of a checkpoint as MLU PyTorch saves it: what the card would run.
 * @throws BadDataError when it is not quantised, is of another network, or has other bits than asked for.
 */
export async function checkpointScales(
  model: Model,
  spec: QuantizedSpec,
  path: string,
  { onCard }: { readonly onCard: boolean },
): Promise<Scales> {
  const quantized = await loadModel(path);
  const [theirs, ours] = [quantized.variant.classes, model.variant.classes];
  if (theirs !== ours) {
    throw new BadDataError(
      `cannot take the scales of ${spec.name} from ${path}: it has ${theirs} classes and ${model.file} has ${ours}; give a quantised checkpoint of the same network`,
    );
  }
  const { convolutions, findings } = readQuantizedCheckpoint(quantized.tensors);
  if (convolutions.size === 0) {
    throw new BadDataError(
      `cannot take scales from ${path}: no module of it has a scale; give a checkpoint saved after quantize_dynamic_mlu`,
    );
  }
  const widths = [...new Set([...convolutions.values()].map(({ bits }) => bits))];
  if (widths.length !== 1 || widths[0] !== spec.bits) {
    throw new BadDataError(
      `cannot run ${spec.name} with ${spec.bits} bits from ${path}: it was quantised to int${widths.join(' and int')}; ` +
        `give a checkpoint quantised to int${spec.bits}, or --bits ${widths[0]}`,
    );
  }
  // A card applies it; only the emulation has no such step.
  if (!onCard) refuseOwnNormalization(path, convolutions);
  const firstOther = firstOtherWeights(model, quantized);
  return {
    graph: quantized.graph,
    scales: convolutions,
    weightScales: [...convolutions.values()].some(({ weightQuantScale }) => weightQuantScale.length > 1)
      ? 'per-channel'
      : 'per-tensor',
    source: {
      ...{ kind: 'checkpoint', description: basename(path), sha256: quantized.sha256 },
      ...(firstOther !== null && { firstOtherWeights: firstOther }),
    },
    warnings: [
      ...scaleWarnings(findings, basename(path)),
      ...(firstOther === null ? [] : [otherWeights(model, quantized, firstOther)]),
    ],
  };
}

/**
 * A convolution quantised as `firstconv` subtracts a mean and divides by a deviation on the card, before its weights. The
 * emulated network has no such step, so that it would run, and be wrong; mean 0 and deviation 1 change nothing.
 */
function refuseOwnNormalization(
  path: string,
  convolutions: ReadonlyMap<string, Pick<ModuleQuantization, 'inputMean' | 'inputStd'>>,
): void {
  for (const [layer, { inputMean, inputStd }] of convolutions) {
    const changes = inputMean?.some((mean) => mean !== 0) || inputStd?.some((std) => std !== 1);
    if (!changes) continue;
    const values = [`mean ${inputMean?.join(', ') ?? '0'}`, `std ${inputStd?.join(', ') ?? '1'}`].join(', ');
    throw new BadDataError(
      `cannot run ${path}: ${layer} was quantised as firstconv with ${values}, which the emulation does not apply; ` +
        'quantise with firstconv=False, or with mean 0 and std 1, and normalise the input as the network was trained',
    );
  }
}

/** A quantised checkpoint should hold the float weights untouched; other ones are run, and said to be other ones. */
function otherWeights(model: Model, quantized: Model, first: string): string {
  return `${quantized.file} holds other weights than ${model.file} (first at ${first}): its own are run, so the drift is not of quantisation alone`;
}

/** Name of the first tensor of which a quantised checkpoint holds other values than the float one; null where it holds all of them. */
export function firstOtherWeights(model: Model, quantized: Model): string | null {
  for (const [name, tensor] of model.graph.tensors) {
    const other = quantized.graph.tensors.get(name);
    if (other === undefined || !tensor.data.every((value, index) => value === other.data[index])) return name;
  }
  return null;
}
