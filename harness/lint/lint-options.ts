import { lintYoloxKeys, namesYolox } from '../../reference/lint/index.ts';
import {
  OFFICIAL_VARIANTS,
  type OfficialVariantName,
  type YoloxVariant,
} from '../../reference/network/index.ts';
import { type Bits, stripQuantization } from '../../reference/quantize/index.ts';
import type { NamedTensors } from '../../reference/tensor.ts';
import { UsageError } from '../errors.ts';
import { loadModel } from '../model/load-model.ts';
import { loadWeights } from '../weights/index.ts';
import type { LintFlags } from './lint-from-command-line.ts';

/** What the files should be, and how to look. */
export interface LintOptions {
  readonly bits?: Bits;
  readonly variant?: OfficialVariantName;
  /** The float weights that a checkpoint should be made of. */
  readonly float?: FloatWeights;
  readonly size: number | readonly [number, number] | undefined;
  readonly cores?: number;
  readonly images?: string;
  readonly imageCount: number;
  readonly legacy: boolean;
  readonly quiet: boolean;
}

export interface FloatWeights {
  readonly tensors: NamedTensors;
  /** Of a whole YOLOX. */
  readonly variant?: YoloxVariant;
}

const IMAGES = 8;
const MOST_CORES = 16;

/**
 * Options of the command line, checked, with the float weights read.
 * @throws UsageError for a value that cannot be.
 */
export async function lintOptions(flags: LintFlags): Promise<LintOptions> {
  const { bits, size, cores, images, imageCount = IMAGES, legacy = false, quiet = false } = flags;
  if (cores !== undefined && !(cores >= 1 && cores <= MOST_CORES))
    throw new UsageError(`--cores ${cores} is no core number: give 1 to ${MOST_CORES}`);
  if (imageCount < 1) throw new UsageError(`--image-count ${imageCount} shows no picture: give 1 or more`);
  if (flags.imageCount !== undefined && images === undefined)
    throw new UsageError('--image-count counts pictures: add --images, a folder of them');
  const variant = flags.variant === undefined ? undefined : variantName(flags.variant);
  return {
    size,
    imageCount,
    legacy,
    quiet,
    ...(bits !== undefined && { bits: bits === '8' ? 8 : 16 }),
    ...(variant !== undefined && { variant }),
    ...(flags.weights !== undefined && { float: await readFloatWeights(flags.weights) }),
    ...(cores !== undefined && { cores }),
    ...(images !== undefined && { images }),
  };
}

/** Weights of any network, or random ones of a YOLOX. */
async function readFloatWeights(source: string): Promise<FloatWeights> {
  if (source.startsWith('random:')) return loadModel(source);
  const tensors = stripQuantization((await loadWeights(source)).tensors);
  const variant = namesYolox(tensors) ? lintYoloxKeys(tensors).variant : undefined;
  return { tensors, ...(variant && { variant }) };
}

function variantName(text: string): OfficialVariantName {
  const name = text.replace(/^yolox-/, '');
  if (Object.hasOwn(OFFICIAL_VARIANTS, name)) return name as OfficialVariantName;
  const names = Object.keys(OFFICIAL_VARIANTS).map((known) => `yolox-${known}`);
  throw new UsageError(`--variant ${text} is no YOLOX: give one of ${names.join(', ')}`);
}
