import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import {
  type Activation,
  buildYolox,
  countParameters,
  describeVariant,
  type Graph,
  OFFICIAL_VARIANTS,
  type OfficialVariantName,
  officialVariant,
  randomWeights,
  type YoloxVariant,
} from '../../reference/network/index.ts';
import { stripQuantization } from '../../reference/quantize/index.ts';
import type { NamedTensors } from '../../reference/tensor.ts';
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
 * Reads weights from a file, or makes seeded random ones for `random:yolox-s?seed=1`.
 * @throws BadDataError when the file cannot be read or holds another architecture; UsageError for a wrong `random:`.
 */
export async function loadModel(source: string): Promise<Model> {
  if (source.startsWith('random:')) return randomModel(source);
  const { tensors, format, sha256, metadata } = await loadWeights(source);
  requireFinite(source, tensors);
  try {
    const variant = describeVariant(tensors, activationOf(metadata));
    const graph = buildYolox(variant, stripQuantization(tensors));
    return {
      file: basename(source),
      format,
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
    if (tensor.dtype !== 'float32') continue;
    const at = tensor.data.findIndex((value) => !Number.isFinite(value));
    if (at >= 0) {
      throw new BadDataError(
        `cannot use ${source}: "${name}" holds ${tensor.data[at]} at flat index ${at}; the training or the conversion failed, take another checkpoint`,
      );
    }
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
