import type { QuantizedCheckpoint } from '../quantize/quantized-checkpoint.ts';
import type { NamedTensors, Tensor } from '../tensor.ts';
import { equalAt } from './equal-at.ts';
import { scanWindows, WINDOW } from './scan-windows.ts';

/** Whether an offline model holds the bias of a quantised layer. */
export interface BiasMatch {
  readonly layer: string;
  readonly channels: number;
  /** `zero`: all of it is zero, which stands in every file and says nothing. */
  readonly state: 'found' | 'missing' | 'zero';
}

/**
 * Searches an offline model for the biases of a checkpoint's quantised layers: float32, in the order of the channels also
 * where the weights are interleaved. Confirmed on an int8 model of MLU PyTorch 1.3 whose layers have no batch norm.
 */
export function matchBiases(
  tensors: NamedTensors,
  { convolutions, linears }: Pick<QuantizedCheckpoint, 'convolutions' | 'linears'>,
  file: Uint8Array,
): BiasMatch[] {
  const biases = [...convolutions.keys(), ...linears.keys()].flatMap((layer) => {
    const bias = tensors.get(`${layer}.bias`);
    return bias?.dtype === 'float32' && bias.data.length > 0 ? [{ layer, bytes: littleEndian(bias) }] : [];
  });
  const found = findBytes(
    file,
    biases.map(({ bytes }) => bytes),
  );
  return biases.map(({ layer, bytes }, index) => {
    const zero = bytes.every((byte) => byte === 0);
    return { layer, channels: bytes.length / 4, state: zero ? 'zero' : found[index] ? 'found' : 'missing' };
  });
}

function littleEndian({ data }: Tensor): Uint8Array {
  const bytes = new Uint8Array(4 * data.length);
  const view = new DataView(bytes.buffer);
  data.forEach((value, i) => {
    view.setFloat32(4 * i, value, true);
  });
  return bytes;
}

/** Whether each of the patterns stands anywhere in the file. */
function findBytes(file: Uint8Array, patterns: readonly Uint8Array[]): boolean[] {
  const found = patterns.map((pattern) => pattern.length < WINDOW && standsIn(file, pattern));
  const long = [...patterns.keys()].filter((index) => patterns[index].length >= WINDOW);
  scanWindows(
    file,
    long.map((index) => patterns[index].subarray(0, WINDOW)),
    (window, at) => {
      found[long[window]] ||= equalAt(file, at, patterns[long[window]]);
    },
  );
  return found;
}

/** For what is shorter than a window: one to three values. */
function standsIn(file: Uint8Array, pattern: Uint8Array): boolean {
  for (let at = file.indexOf(pattern[0]); at >= 0; at = file.indexOf(pattern[0], at + 1))
    if (equalAt(file, at, pattern)) return true;
  return false;
}
