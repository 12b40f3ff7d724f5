import { roundHalfToEven } from '../quantize/rounding.ts';

/** Activation behind each convolution block; official checkpoints use SiLU, and weights alone do not tell. */
export type Activation = 'silu' | 'relu' | 'leaky-relu';

export type OfficialVariantName = 'nano' | 'tiny' | 's' | 'm' | 'l' | 'x';

/** Which YOLOX a set of weights is: everything that decides its layers. */
export interface YoloxVariant {
  readonly name: OfficialVariantName | 'custom';
  /** Depth multiplier. For a custom network the repeats over 3, since several multipliers give the same layers. */
  readonly depth: number;
  /** Width multiplier: `baseChannels / 64`. */
  readonly width: number;
  /** Channels of the stem; all others are multiples of it. */
  readonly baseChannels: number;
  /** Bottlenecks in dark2 and dark5; dark3 and dark4 have three times as many. */
  readonly backboneRepeats: number;
  /** Bottlenecks in each CSP layer of the neck: the same number, or 0 where depth is below 1/6. */
  readonly neckRepeats: number;
  /** Whether 3×3 convolutions are split into a depthwise and a pointwise one. */
  readonly depthwise: boolean;
  readonly classes: number;
  readonly activation: Activation;
  /** False for weights whose batch norm was folded into convolution biases (official `fuse_model`). */
  readonly batchNorm: boolean;
}

/** Multipliers of the official experiment files (YOLOX `exps/default/yolox_*.py`). */
export const OFFICIAL_VARIANTS: Readonly<
  Record<OfficialVariantName, { depth: number; width: number; depthwise: boolean }>
> = {
  nano: { depth: 0.33, width: 0.25, depthwise: true },
  tiny: { depth: 0.33, width: 0.375, depthwise: false },
  s: { depth: 0.33, width: 0.5, depthwise: false },
  m: { depth: 0.67, width: 0.75, depthwise: false },
  l: { depth: 1, width: 1, depthwise: false },
  x: { depth: 1.33, width: 1.25, depthwise: false },
};

export interface VariantOptions {
  readonly depthwise?: boolean;
  readonly classes?: number;
  readonly activation?: Activation;
  readonly batchNorm?: boolean;
}

/** An official variant by name, with 80 classes unless told. */
export function officialVariant(name: OfficialVariantName, options: VariantOptions = {}): YoloxVariant {
  const { depth, width, depthwise } = OFFICIAL_VARIANTS[name];
  return createVariant(depth, width, { depthwise, ...options });
}

/**
 * The variant of any depth and width multiplier, rounded (half to even, Python's `round`) to layers as YOLOX `CSPDarknet` and `YOLOPAFPN` do:
 * `int(width · 64)` channels, `max(round(depth · 3), 1)` bottlenecks in the backbone, `round(depth · 3)` in the neck.
 * @throws RangeError when a multiplier is out of range, or when the width gives layers that do not fit together
 * (`int(1024 · width)` other than `16 · int(64 · width)`), which the original cannot run either.
 */
export function createVariant(depth: number, width: number, options: VariantOptions = {}): YoloxVariant {
  if (!(depth >= 0) || depth > 100)
    throw new RangeError(`the depth multiplier must be 0 to 100, not ${depth}`);
  const baseChannels = Math.trunc(width * 64);
  if (!(baseChannels >= 1) || Math.trunc(width * 1024) !== 16 * baseChannels) {
    throw new RangeError(`the width multiplier must be a positive multiple of 1/64, not ${width}`);
  }
  const classes = options.classes ?? 80;
  if (!Number.isInteger(classes) || classes < 1) {
    throw new RangeError(`the number of classes must be a whole number from 1, not ${classes}`);
  }
  const repeats = roundHalfToEven(depth * 3);
  return variantOfLayers({
    baseChannels,
    backboneRepeats: Math.max(repeats, 1),
    neckRepeats: repeats,
    depthwise: options.depthwise ?? false,
    classes,
    activation: options.activation ?? 'silu',
    batchNorm: options.batchNorm ?? true,
  });
}

/** The variant with these layers: its name and multipliers are filled in. */
export function variantOfLayers(layers: Omit<YoloxVariant, 'name' | 'depth' | 'width'>): YoloxVariant {
  for (const name of Object.keys(OFFICIAL_VARIANTS) as OfficialVariantName[]) {
    const { depth, width, depthwise } = OFFICIAL_VARIANTS[name];
    const same =
      depthwise === layers.depthwise &&
      width * 64 === layers.baseChannels &&
      roundHalfToEven(depth * 3) === layers.neckRepeats &&
      layers.backboneRepeats === layers.neckRepeats;
    if (same) return { name, depth, width, ...layers };
  }
  return { name: 'custom', depth: layers.neckRepeats / 3, width: layers.baseChannels / 64, ...layers };
}
