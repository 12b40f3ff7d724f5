import type { BiasMatch, LayerMatch, OfflineModel, WeightMatches } from '../offline/index.ts';
import { quantScaleOfPosition, type QuantizedCheckpoint } from '../quantize/index.ts';
import { finding, type LintFinding, listNames } from './lint-finding.ts';

/** `matched`: every layer was found. `differs`: some were. `layout-unknown`: none was, which says nothing of the weights. */
export type WeightVerdict = 'matched' | 'differs' | 'layout-unknown';

export function weightVerdict({ layers }: WeightMatches): WeightVerdict {
  if (layers.every(({ found }) => found === 0)) return 'layout-unknown';
  return layers.every(({ missing }) => missing.length === 0) ? 'matched' : 'differs';
}

/** What the search for a checkpoint's integers in an offline model says, layer by layer. */
export function lintWeightsInModel(matches: WeightMatches): LintFinding[] {
  const findings: LintFinding[] = [];
  const verdict = weightVerdict(matches);
  if (matches.layers.some(({ bits }) => bits === 16)) {
    findings.push(
      finding(
        'layout-unconfirmed',
        '',
        'the checkpoint has int16 layers, and the layout of int16 weights has been confirmed by no file yet',
      ),
    );
  }
  if (verdict === 'layout-unknown') {
    const message = `not one of ${matches.layers.length} layers was found in the model, so that its layout is unknown`;
    return [...findings, finding('layout-unknown', '', message)];
  }
  const incomplete = matches.layers.filter(({ missing }) => missing.length > 0);
  return [...findings, ...incomplete.map(describeLayer)];
}

function describeLayer({ layer, channels, found, missing }: LayerMatch): LintFinding {
  const where = found === 0 ? '' : `, of them channel ${listNames(missing, 8)}`;
  return finding(
    'weights-not-in-model',
    layer,
    `${layer}: the weights of ${missing.length} of ${channels} output channels are not in the model${where}`,
  );
}

/** Fewer values may stand in a file by chance, so that they confirm no layout. */
const TELLING_BIAS = 4;

/** Biases that an offline model does not hold, where it holds others: where it holds none, it may keep them otherwise. */
export function lintBiasesInModel(biases: readonly BiasMatch[]): LintFinding[] {
  if (!biases.some(({ state, channels }) => state === 'found' && channels >= TELLING_BIAS)) return [];
  return biases
    .filter(({ state }) => state === 'missing')
    .map(({ layer, channels }) =>
      finding(
        'bias-not-in-model',
        layer,
        `${layer}: the bias of ${channels} values is not in the model, and others are`,
      ),
    );
}

/**
 * Whether the input of an offline model is quantised by an input scale of the checkpoint: the binary holds
 * `position = floor(log2 absmax) − (bits − 2)` and `scale = 2^position · quantScale`. No other input scale can be read there.
 */
export function lintInputScale(
  { convolutions, linears }: Pick<QuantizedCheckpoint, 'convolutions' | 'linears'>,
  { tensors }: OfflineModel,
): LintFinding[] {
  const modules = [...convolutions.values(), ...linears.values()];
  return (tensors?.inputs ?? []).flatMap(({ position, scale }, index) => {
    // Not set: the input goes into no integer layer directly.
    if (!(scale > 0) || (position === 0 && scale === 1)) return [];
    const quantScale = quantScaleOfPosition({ position, scale });
    // Two roundings to float32 lie between them.
    const known = modules.some(
      ({ inputQuantScale }) => Math.abs(quantScale / inputQuantScale - 1) < 2 ** -22,
    );
    if (known) return [];
    return [
      finding(
        'input-scale-differs',
        `input ${index}`,
        `input ${index} of the model has quant scale ${quantScale}, which is the input scale of no layer of the checkpoint`,
      ),
    ];
  });
}
