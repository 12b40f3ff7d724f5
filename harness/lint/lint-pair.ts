import {
  lintBiasesInModel,
  lintInputScale,
  lintWeightsInModel,
  weightVerdict,
} from '../../reference/lint/index.ts';
import {
  type BiasMatch,
  matchBiases,
  matchWeights,
  type WeightMatches,
} from '../../reference/offline/index.ts';
import type { QuantizedCheckpoint } from '../../reference/quantize/index.ts';
import type { LintSection } from './lint-report.ts';
import type { CheckpointFile, ModelFile } from './read-lint-file.ts';

/** Whether an offline model was made from a checkpoint: its integers in the file, and the scale of its input. */
export function lintPair(
  checkpoint: CheckpointFile,
  quantized: QuantizedCheckpoint,
  model: ModelFile,
): LintSection {
  const matches = matchWeights(checkpoint.weights.tensors, quantized, model.bytes);
  const biases = matchBiases(checkpoint.weights.tensors, quantized, model.bytes);
  const unknown = weightVerdict(matches) === 'layout-unknown';
  return {
    kind: 'pair',
    files: [checkpoint.path, model.path],
    facts: describeMatches(matches, biases),
    findings: [
      ...lintWeightsInModel(matches),
      // In a layout that is not known, the rest may stand elsewhere and mean something else too.
      ...(unknown ? [] : [...lintBiasesInModel(biases), ...lintInputScale(quantized, model.model)]),
    ],
    layers: matches.layers,
    biases,
  };
}

function describeMatches(
  { layers, depthwise, unsupported }: WeightMatches,
  biases: readonly BiasMatch[],
): string[] {
  const sum = (key: 'channels' | 'found' | 'blank'): number =>
    layers.reduce((total, layer) => total + layer[key], 0);
  const whole = layers.filter(({ missing }) => missing.length === 0).length;
  const facts = [
    `weights of ${sum('found')} of ${sum('channels')} output channels found, ${whole} of ${layers.length} layers whole`,
  ];
  const told = biases.filter(({ state }) => state !== 'zero');
  if (told.length > 0) {
    const found = told.filter(({ state }) => state === 'found').length;
    facts.push(`biases of ${found} of ${told.length} layers found`);
  }
  if (sum('blank') > 0) facts.push(`${sum('blank')} channels are all but zero and say nothing`);
  if (depthwise.length > 0) {
    facts.push(`${depthwise.length} depthwise layers passed over: their weights are float on the card`);
  }
  if (unsupported.length > 0) facts.push(`passed over for weights of other axes: ${unsupported.join(', ')}`);
  return facts;
}
