import { spatialConvBlock } from './conv-block.ts';
import type { LayoutBuilder, Value } from './layout-builder.ts';

export interface CspLayerOptions {
  /** Bottlenecks in the first branch. */
  readonly repeats: number;
  /** Whether each bottleneck adds its input to its output. */
  readonly shortcut: boolean;
}

/** Two branches of half the channels, one through bottlenecks, joined again (YOLOX `CSPLayer`). */
export function cspLayer(
  builder: LayoutBuilder,
  path: string,
  input: Value,
  outChannels: number,
  { repeats, shortcut }: CspLayerOptions,
): Value {
  const hidden = Math.trunc(outChannels / 2);
  let main = builder.convBlock(`${path}.conv1`, input, hidden, { kernel: 1 });
  const bypass = builder.convBlock(`${path}.conv2`, input, hidden, { kernel: 1 });
  for (let i = 0; i < repeats; i++) main = bottleneck(builder, `${path}.m.${i}`, main, shortcut);
  const joined = builder.concat(`${path}.concat`, [main, bypass]);
  return builder.convBlock(`${path}.conv3`, joined, outChannels, { kernel: 1 });
}

/** YOLOX `Bottleneck` with expansion 1, the only one that `CSPLayer` makes. */
function bottleneck(builder: LayoutBuilder, path: string, input: Value, shortcut: boolean): Value {
  const reduced = builder.convBlock(`${path}.conv1`, input, input.channels, { kernel: 1 });
  const output = spatialConvBlock(builder, `${path}.conv2`, reduced, input.channels);
  return shortcut ? builder.add(`${path}.add`, output, input) : output;
}
