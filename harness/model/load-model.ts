import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import {
  type Activation,
  buildYolox,
  countParameters,
  describeVariant,
  expectedParameters,
  type Graph,
  OFFICIAL_VARIANTS,
  type OfficialVariantName,
  officialVariant,
  randomWeights,
  type YoloxVariant,
} from '../../reference/network/index.ts';
import { stripQuantization } from '../../reference/quantize/index.ts';
import { type AnyTensor, float32Tensor, type NamedTensors } from '../../reference/tensor.ts';
import { BadDataError, UsageError } from '../errors.ts';
import { type LoadedWeights, loadWeights } from '../weights/index.ts';

/** A YOLOX read from outside: its weights, what it is, and its graph as the official source has it (nothing folded). */
export interface Model {
  readonly file: string;
  readonly format: string;
  readonly sha256: string;
  /** Everything the file held, entries of a quantiser too. */
  readonly tensors: NamedTensors;
  readonly variant: YoloxVariant;
  readonly graph: Graph;
  readonly parameters: number;
}

/**
 * Reads weights from a file (float64 rounded to float32), or makes seeded random ones for `random:yolox-s?seed=1`.
 * @throws BadDataError when the file cannot be read, holds another architecture, or numbers that are none of float32; UsageError for a wrong `random:`.
 */
export async function loadModel(source: string): Promise<Model> {
  if (source.startsWith('random:')) return randomModel(source);
  const { tensors: stored, format, sha256, metadata } = await loadWeights(source);
  requireFinite(source, stored);
  const tensors = roundToFloat32(source, stored);
  try {
    const variant = describeVariant(tensors, activationOf(metadata));
    requireFloat32(source, tensors, variant);
    const graph = buildYolox(variant, stripQuantization(tensors));
    return {
      file: basename(source),
      format: tensors === stored ? format : `${format}, float64 rounded to float32`,
      sha256,
      tensors,
      variant,
      graph,
      parameters: countParameters(variant),
    };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new BadDataError(`cannot use ${source}: ${error.message}; give the weights of a YOLOX`, {
      cause: error,
    });
  }
}

/** An integer convolution turns NaN into some number or other, so that it would never be seen in an output. */
function requireFinite(source: string, tensors: NamedTensors): void {
  for (const [name, tensor] of tensors) {
    if (tensor.dtype !== 'float32' && tensor.dtype !== 'float64') continue;
    const at = (tensor.data as Float32Array | Float64Array).findIndex((value) => !Number.isFinite(value));
    if (at >= 0) {
      throw new BadDataError(
        `cannot use ${source}: "${name}" holds ${tensor.data[at]} at flat index ${at}; the training or the conversion failed, take another checkpoint`,
      );
    }
  }
}

/**
 * Float64 weights each rounded to the nearest float32, which is what the card and the official network compute in; the
 * same map where there are none. What lies outside float32 is refused and not made an infinity.
 */
function roundToFloat32(source: string, tensors: NamedTensors): NamedTensors {
  if (![...tensors.values()].some(({ dtype }) => dtype === 'float64')) return tensors;
  const rounded = new Map<string, AnyTensor>();
  for (const [name, tensor] of tensors) {
    if (tensor.dtype !== 'float64') {
      rounded.set(name, tensor);
      continue;
    }
    const data = Float32Array.from(tensor.data);
    const at = data.findIndex((value) => !Number.isFinite(value));
    if (at >= 0) {
      throw new BadDataError(
        `cannot use ${source}: "${name}" holds ${tensor.data[at]} at flat index ${at}, which is outside float32; take another checkpoint`,
      );
    }
    rounded.set(name, float32Tensor(data, tensor.shape, tensor.layout));
  }
  return rounded;
}

function requireFloat32(source: string, tensors: NamedTensors, variant: YoloxVariant): void {
  for (const name of expectedParameters(variant).keys()) {
    const dtype = tensors.get(name)?.dtype;
    if (dtype === undefined || dtype === 'float32' || name.endsWith('.num_batches_tracked')) continue;
    throw new BadDataError(
      `cannot use ${source}: "${name}" is ${dtype}, and the network computes in float32; ` +
        'give the float checkpoint that it was made from, or save it after model.float()',
    );
  }
}

/** Only an ONNX file tells the activation; a checkpoint is taken for the official SiLU. */
function activationOf({ activation }: LoadedWeights['metadata']): { activation?: Activation } {
  return ACTIVATIONS.includes(activation as Activation) ? { activation: activation as Activation } : {};
}

const ACTIVATIONS: readonly Activation[] = ['silu', 'relu', 'leaky-relu'];

function randomModel(source: string): Model {
  const match = /^random:yolox-([a-z]+)(?:\?seed=(\d{1,9}))?$/.exec(source);
  const names = Object.keys(OFFICIAL_VARIANTS);
  if (!match || !names.includes(match[1]!)) {
    throw new UsageError(
      `cannot make the weights '${source}': write random:yolox-NAME?seed=N with NAME one of ${names.join(', ')}`,
    );
  }
  const variant = officialVariant(match[1] as OfficialVariantName);
  const tensors = randomWeights(variant, Number(match[2] ?? 0));
  const hash = createHash('sha256');
  for (const [name, { data }] of tensors) {
    hash.update(name);
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return {
    file: source,
    format: 'seeded random',
    sha256: hash.digest('hex'),
    tensors,
    variant,
    graph: buildYolox(variant, tensors),
    parameters: countParameters(variant),
  };
}
