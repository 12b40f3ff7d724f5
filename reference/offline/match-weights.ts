import type { RoundingMode } from '../network/graph.ts';
import type { Bits } from '../quantize/fixed-point.ts';
import type { ModuleQuantization, QuantizedCheckpoint } from '../quantize/quantized-checkpoint.ts';
import type { NamedTensors, Tensor } from '../tensor.ts';
import { type ChannelOrder, channelOrder } from './channel-order.ts';
import { findChannels } from './find-channels.ts';
import { type IntegerLayer, integerWeights, weightAxes } from './integer-layer.ts';

/** What of one layer of a quantised checkpoint an offline model holds. */
export interface LayerMatch {
  readonly layer: string;
  readonly bits: Bits;
  readonly channels: number;
  /** Output channels whose integers stand in the file. */
  readonly found: number;
  /** Output channels with too few integers other than zero to be searched for. */
  readonly blank: number;
  /** The others. */
  readonly missing: readonly number[];
  /** Zero columns behind each row of the kernel. */
  readonly padding: number;
  readonly order: ChannelOrder;
}

export interface WeightMatches {
  readonly layers: readonly LayerMatch[];
  /** Layers with one input channel of which nothing was found: depthwise, whose weights stay float on the card. */
  readonly depthwise: readonly string[];
  /** Layers whose weight has other axes than a convolution over one or two axes or a linear layer. */
  readonly unsupported: readonly string[];
}

/** The default of the vendor's host library comes first; the others matter only where a product ends in exactly one half. */
const ROUNDINGS: readonly RoundingMode[] = ['half-away-from-zero', 'half-to-even', 'half-up'];

interface Search {
  readonly name: string;
  readonly module: ModuleQuantization;
  readonly weight: Tensor;
  readonly layer: Omit<IntegerLayer, 'integers'>;
  /** By output channel; −1 as long as it was not found. */
  readonly positions: Float64Array;
  blank: ReadonlySet<number>;
  padding: number;
}

/**
 * Searches an offline model for the integer weights that a quantised checkpoint implies, output channel by output channel:
 * `[height][width][inChannels padded to 64 bytes]`, rows of the kernel possibly padded with zeros. Confirmed on int8 models
 * of MLU PyTorch 1.3 with core number 1; int16 is searched for alike, in two little-endian bytes.
 *
 * Where nothing at all is found, the file may as well have another layout.
 */
export function matchWeights(
  tensors: NamedTensors,
  { convolutions, linears }: Pick<QuantizedCheckpoint, 'convolutions' | 'linears'>,
  file: Uint8Array,
): WeightMatches {
  const searches: Search[] = [];
  const unsupported: string[] = [];
  for (const [name, module] of [...convolutions, ...linears]) {
    const weight = tensors.get(`${name}.weight`) as Tensor;
    const axes = weightAxes(weight.shape);
    if (!axes) {
      unsupported.push(name);
      continue;
    }
    const positions = new Float64Array(axes.outChannels).fill(-1);
    const layer = { bits: module.bits, ...axes };
    searches.push({ name, module, weight, layer, positions, blank: new Set(), padding: 0 });
  }
  for (const rounding of ROUNDINGS) searchOnce(file, searches.filter(incomplete), rounding);

  const isDepthwise = ({ layer, positions }: Search): boolean =>
    layer.inChannels === 1 && positions.every((position) => position < 0);
  return {
    layers: searches.filter((search) => !isDepthwise(search)).map(matchOf),
    depthwise: searches.filter(isDepthwise).map(({ name }) => name),
    unsupported,
  };
}

function incomplete(search: Search): boolean {
  return missingOf(search).length > 0;
}

function missingOf({ positions, blank }: Search): number[] {
  return [...positions.keys()].filter((channel) => positions[channel] < 0 && !blank.has(channel));
}

function matchOf(search: Search): LayerMatch {
  const { name, layer, positions, blank, padding } = search;
  const missing = missingOf(search);
  return {
    layer: name,
    bits: layer.bits,
    channels: positions.length,
    found: positions.filter((position) => position >= 0).length,
    blank: positions.filter((position, channel) => position < 0 && blank.has(channel)).length,
    missing,
    padding,
    order: channelOrder(positions),
  };
}

function searchOnce(file: Uint8Array, searches: readonly Search[], rounding: RoundingMode): void {
  const fresh = searches.flatMap((search) => {
    const integers = integerWeights(search.weight, search.module, rounding);
    if (rounding !== ROUNDINGS[0] && sameAs(integers, search)) return [];
    return [{ search, integers }];
  });
  const found = findChannels(
    file,
    fresh.map(({ search, integers }) => ({ ...search.layer, integers })),
  );
  fresh.forEach(({ search }, index) => {
    const { positions, blank, padding } = found[index];
    if (search.positions.every((position) => position < 0)) search.padding = padding;
    search.blank = blank;
    positions.forEach((position, channel) => {
      if (search.positions[channel] < 0) search.positions[channel] = position;
    });
  });
}

/** Whether a rounding gives the integers that were searched for already. */
function sameAs(integers: Int8Array | Int16Array, { weight, module }: Search): boolean {
  const first = integerWeights(weight, module, ROUNDINGS[0]);
  return integers.every((integer, i) => integer === first[i]);
}
