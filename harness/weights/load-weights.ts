import type { NamedTensors } from '../../reference/tensor.ts';
import { detectSourceFormat, type WeightsFormat } from './detect-format.ts';
import { readLegacyCheckpoint } from './read-legacy-checkpoint.ts';
import { readOnnxWeights } from './read-onnx-weights.ts';
import { readZipCheckpoint } from './read-zip-checkpoint.ts';
import { withSource } from './with-source.ts';

export interface LoadedWeights {
  readonly path: string;
  readonly format: WeightsFormat;
  /** Of the whole file, hexadecimal. */
  readonly sha256: string;
  /** By their official state-dict names; float16 widened to float32, all else in its own type. */
  readonly tensors: NamedTensors;
  /** Plain values found beside the weights: `start_epoch`, `best_ap`; of an ONNX file its producer and activation. */
  readonly metadata: Readonly<Record<string, number | string | boolean>>;
}

const READERS = {
  'zip-checkpoint': readZipCheckpoint,
  'legacy-checkpoint': readLegacyCheckpoint,
  onnx: readOnnxWeights,
} as const;

/**
 * Reads a checkpoint (zip or legacy format) or an exported YOLOX ONNX file into the same named tensors. The format is
 * found from the content. Nothing in the file is executed, and memory is taken only in proportion to its size.
 * @throws BadDataError when the file is missing, damaged, hostile, or holds no weights: one sentence with what to do.
 */
export async function loadWeights(path: string): Promise<LoadedWeights> {
  return withSource(path, async (source) => {
    const format = detectSourceFormat(source);
    const { tensors, metadata } = await READERS[format](source);
    return { path, format, sha256: await source.sha256(), tensors, metadata };
  });
}
