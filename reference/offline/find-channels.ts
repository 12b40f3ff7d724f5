import { equalAt } from './equal-at.ts';
import { cellBytes, channelBytes, type IntegerLayer } from './integer-layer.ts';
import { scanWindows, WINDOW } from './scan-windows.ts';

/** A channel with fewer integers other than zero could be found by chance; it says nothing and is not searched for. */
const LEAST_INTEGERS = 4;

/** Zero columns behind each kernel row that are tried: none, one (3 → 4), … six (the stem's 3 → 9). */
const MOST_PADDING = 6;

export interface FoundChannels {
  /** Position in the file by output channel; −1 where it was not found. */
  readonly positions: Float64Array;
  /** Output channels that are zero but for a few integers, and were not searched for. */
  readonly blank: ReadonlySet<number>;
  /** Zero columns behind each kernel row, of the first channel that was found; 0 where there is one row. */
  readonly padding: number;
}

/**
 * Searches a file for every output channel of the layers, wherever it stands, in one pass: a window of each channel first,
 * and the whole of it where the window is found.
 */
export function findChannels(file: Uint8Array, layers: readonly IntegerLayer[]): FoundChannels[] {
  const found = layers.map(({ outChannels }) => ({
    positions: new Float64Array(outChannels).fill(-1),
    blank: new Set<number>(),
    padding: 0,
  }));
  const windows: Uint8Array[] = [];
  const targets: { readonly layer: number; readonly channel: number; readonly offset: number }[] = [];
  layers.forEach((layer, index) => {
    for (let channel = 0; channel < layer.outChannels; channel++) {
      if (nonZero(layer, channel) < LEAST_INTEGERS) {
        found[index].blank.add(channel);
        continue;
      }
      const bytes = channelBytes(layer, channel);
      const offset = tellingWindow(bytes);
      windows.push(bytes.slice(offset, offset + WINDOW));
      targets.push({ layer: index, channel, offset });
    }
  });
  scanWindows(file, windows, (window, at) => {
    const { layer, channel, offset } = targets[window];
    const result = found[layer];
    if (result.positions[channel] >= 0) return;
    const match = matchChannel(file, layers[layer], channelBytes(layers[layer], channel), offset, at);
    if (!match) return;
    if (result.positions.every((position) => position < 0)) result.padding = match.padding;
    result.positions[channel] = match.position;
  });
  return found;
}

function nonZero({ integers, outChannels }: IntegerLayer, channel: number): number {
  const size = integers.length / outChannels;
  let count = 0;
  for (let i = channel * size; i < (channel + 1) * size; i++) if (integers[i] !== 0) count++;
  return count;
}

/** The offset of a window with many different bytes. At a multiple of its length it lies within one cell, so that no padding of the kernel cuts it. */
function tellingWindow(bytes: Uint8Array): number {
  let best = 0;
  let most = 0;
  for (let offset = 0; offset < bytes.length; offset += WINDOW) {
    const different = new Set(bytes.subarray(offset, offset + WINDOW)).size;
    if (different > most) {
      most = different;
      best = offset;
    }
    // Good enough: random bytes have 15.5 different ones among 16.
    if (different >= WINDOW - 3) break;
  }
  return best;
}

/** The whole channel round a window at `at`, under the first padding of its kernel rows that fits. */
function matchChannel(
  file: Uint8Array,
  layer: IntegerLayer,
  bytes: Uint8Array,
  offset: number,
  at: number,
): { position: number; padding: number } | undefined {
  const [height, width] = layer.kernel;
  const cell = cellBytes(layer);
  const row = width * cell;
  const windowRow = Math.floor(offset / row);
  // The row with the window stands there under every padding.
  if (!equalAt(file, at - (offset - windowRow * row), bytes, windowRow * row, row)) return undefined;
  for (let padding = 0; padding <= (height > 1 ? MOST_PADDING : 0); padding++) {
    const stride = row + padding * cell;
    const position = at - (offset - windowRow * row) - windowRow * stride;
    let same = true;
    for (let y = 0; same && y < height; y++) {
      same =
        equalAt(file, position + y * stride, bytes, y * row, row) &&
        (y === height - 1 || zerosAt(file, position + y * stride + row, padding * cell));
    }
    if (same) return { position, padding };
  }
  return undefined;
}

function zerosAt(file: Uint8Array, at: number, length: number): boolean {
  for (let i = at; i < at + length; i++) if (file[i] !== 0) return false;
  return true;
}
