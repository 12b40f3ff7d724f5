import { absmaxOfQuantScale, type QuantizedCheckpoint } from '../quantize/index.ts';
import { finding, type LintFinding } from './lint-finding.ts';

/** A scale made from these very activations may come out one rounding of float32 short. */
const ROUNDING = 1 + 2 ** -22;

export interface HeadRoom {
  /** Largest observed magnitude over the largest that the input scale holds, of the layer where it is greatest. */
  readonly largestRatio: number;
  readonly findings: readonly LintFinding[];
}

/**
 * Layers whose inputs go beyond what their scale holds, and so would saturate on the card.
 * @param observed absmax of each convolution's input on given images, by module path.
 */
export function lintHeadRoom(
  { convolutions }: Pick<QuantizedCheckpoint, 'convolutions'>,
  observed: ReadonlyMap<string, number>,
): HeadRoom {
  let largestRatio = 0;
  const findings: LintFinding[] = [];
  for (const [layer, absmax] of observed) {
    const module = convolutions.get(layer);
    if (!module) continue;
    const held = absmaxOfQuantScale(module.inputQuantScale, module.bits);
    const ratio = absmax / held;
    largestRatio = Math.max(largestRatio, ratio);
    if (ratio <= ROUNDING) continue;
    const share = `${(100 * (ratio - 1)).toPrecision(3)} %`;
    findings.push(
      finding(
        'saturates',
        layer,
        `${layer}: an input reaches ${absmax.toPrecision(6)} on these images, ${share} beyond the ${held.toPrecision(6)} that its scale holds`,
      ),
    );
  }
  return { largestRatio, findings };
}
