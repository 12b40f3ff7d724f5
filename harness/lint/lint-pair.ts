import { lintInputScale, lintWeightsInModel, weightVerdict } from '../../reference/lint/index.ts';
import { matchWeights, type WeightMatches } from '../../reference/offline/index.ts';
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
  return {
    kind: 'pair',
    files: [checkpoint.path, model.path],
    facts: describeMatches(matches),
    findings: [
      ...lintWeightsInModel(matches),
      // In a layout that is not known, the descriptor may mean something else too.
      ...(weightVerdict(matches) === 'layout-unknown' ? [] : lintInputScale(quantized, model.model)),
    ],
    layers: matches.layers,
  };
}

function describeMatches({ layers, depthwise, unsupported }: WeightMatches): string[] {
  const sum = (key: 'channels' | 'found' | 'blank'): number =>
    layers.reduce((total, layer) => total + layer[key], 0);
  const whole = layers.filter(({ missing }) => missing.length === 0).length;
  const facts = [
    `weights of ${sum('found')} of ${sum('channels')} output channels found, ${whole} of ${layers.length} layers whole`,
  ];
  if (sum('blank') > 0) facts.push(`${sum('blank')} channels are all but zero and say nothing`);
  if (depthwise.length > 0) {
    facts.push(`${depthwise.length} depthwise layers passed over: their weights are float on the card`);
  }
  if (unsupported.length > 0) facts.push(`passed over for weights of other axes: ${unsupported.join(', ')}`);
  return facts;
}
