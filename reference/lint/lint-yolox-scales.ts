import { type YoloxVariant, yoloxLayout } from '../network/index.ts';
import { absmaxOfQuantScale, maxInteger, type QuantizedCheckpoint } from '../quantize/index.ts';
import { finding, type LintFinding, listNames } from './lint-finding.ts';

/** A white pixel; and `(1 − mean) / std` of blue, the largest value before YOLOX 0.1.1. */
const LARGEST_INPUT = { raw: 255, legacy: (1 - 0.406) / 0.225 };
/** What the letterbox pads with: every input has at least that much. */
const PADDING_VALUE = 114;
/** A float32 scale is this near to the quotient it was made from. */
const FLOAT32_EPSILON = 2 ** -23;

export interface YoloxScaleOptions {
  /** The preprocessing from before YOLOX 0.1.1, which divides by 255 and normalises. */
  readonly legacy?: boolean;
}

/** What the input scales of a quantised YOLOX say of its calibration, from the checkpoint alone. */
export function lintYoloxScales(
  { convolutions }: Pick<QuantizedCheckpoint, 'convolutions'>,
  variant: YoloxVariant,
  options: YoloxScaleOptions = {},
): LintFinding[] {
  const layers = yoloxLayout(variant).nodes.filter((node) => node.op === 'conv2d');
  return [
    ...lintStem(convolutions, layers[0].name, options.legacy ?? false),
    ...lintSharedInputs(convolutions, new Map(layers.map(({ name, inputs }) => [name, inputs[0]]))),
  ];
}

function lintStem(
  convolutions: QuantizedCheckpoint['convolutions'],
  stem: string,
  legacy: boolean,
): LintFinding[] {
  const module = convolutions.get(stem);
  if (!module || module.inputQuantScale === 1) return [];
  const { bits, inputQuantScale } = module;
  const absmax = absmaxOfQuantScale(inputQuantScale, bits);
  const largest = legacy ? LARGEST_INPUT.legacy : LARGEST_INPUT.raw;
  const wanted = Math.fround(maxInteger(bits) / largest);
  const values = `${stem}: the input scale is ${inputQuantScale}, a largest input of ${absmax.toPrecision(6)}`;
  if (absmax > largest * (1 + FLOAT32_EPSILON)) {
    return [
      finding('stem-scale-low', stem, `${values}, and pixels end at ${largest.toPrecision(6)} (${wanted})`),
    ];
  }
  if (legacy || absmax >= largest * (1 - FLOAT32_EPSILON)) return [];
  if (absmax < PADDING_VALUE) {
    return [
      finding(
        'stem-not-0-255',
        stem,
        `${values}, below even the ${PADDING_VALUE} of the letterbox's border: the network takes pixels 0 to 255 (${wanted})`,
      ),
    ];
  }
  return [
    finding(
      'stem-scale-high',
      stem,
      `${values}: brighter pixels up to ${largest} will saturate (${wanted} would hold them)`,
    ),
  ];
}

/**
 * Layers that read the same tensor were shown the same values, so that their scales agree to the bit.
 * @param inputs name of the value that each convolution reads
 */
function lintSharedInputs(
  convolutions: QuantizedCheckpoint['convolutions'],
  inputs: ReadonlyMap<string, string>,
): LintFinding[] {
  const readers = new Map<string, string[]>();
  for (const [layer, value] of inputs) {
    if (convolutions.has(layer)) readers.set(value, [...(readers.get(value) ?? []), layer]);
  }
  return [...readers.values()].flatMap((layers) => {
    const scaleOf = (layer: string): number => convolutions.get(layer)!.inputQuantScale;
    const bitsOf = (layer: string): number => convolutions.get(layer)!.bits;
    const [first] = layers;
    const other = layers.find(
      (layer) => bitsOf(layer) === bitsOf(first) && scaleOf(layer) !== scaleOf(first),
    );
    if (other === undefined) return [];
    return [
      finding(
        'shared-input-differs',
        other,
        `${listNames(layers)} read the same tensor, and the input scale of ${first} is ${scaleOf(first)}, that of ${other} ${scaleOf(other)}`,
      ),
    ];
  });
}
