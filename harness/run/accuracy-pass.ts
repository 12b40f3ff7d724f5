import type { DatasetSample } from '../../datasets/index.ts';
import type { HeadOutput } from '../../reference/compare/index.ts';
import type { Detections } from '../../reference/detections.ts';
import { postprocess, restoreDetections, toCocoResults } from '../../reference/postprocess/index.ts';
import type { PixelSize } from '../../reference/preprocess/index.ts';
import type { Backend } from '../backends/backend.ts';
import { BackendError } from '../errors.ts';
import { type PreparedImage, prepareImages } from '../model/prepare-images.ts';
import type { JsonArrayWriter } from '../store/json-array-writer.ts';
import type { RunFolder } from '../store/run-folder.ts';
import type { Progress } from '../terminal/progress.ts';
import type { BackendTally } from './backend-tally.ts';
import type { DecodeStateCheck, NamedOutput } from './decode-state.ts';
import { changesOf } from './detection-comparison.ts';
import type { Gallery } from './gallery.ts';

export interface Thresholds {
  readonly conf: number;
  readonly nms: number;
}

export interface AccuracyPassOptions {
  readonly size: PixelSize;
  readonly legacy: boolean;
  readonly categoryIds: readonly number[];
  readonly thresholds: Thresholds;
  readonly demoThresholds: Thresholds;
  readonly folder: RunFolder;
  readonly images: JsonArrayWriter<unknown>;
  readonly gallery: Gallery;
  readonly decodeState: DecodeStateCheck;
  readonly saveRaw: boolean;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export interface Contender {
  readonly backend: Backend;
  readonly tally: BackendTally;
  /** Takes part in the first so many images only; absent = all. */
  readonly imageLimit?: number;
}

/** One image through one backend. */
interface Outcome {
  readonly head: HeadOutput;
  readonly demo: Detections<'image'>;
}

/**
 * Every image through every backend, the reference first; each image's figures are kept and written before the next.
 * A backend that fails is left out from then on with its reason in the tally; when the reference fails there is nothing
 * left to compare with, and the pass ends.
 * @throws BackendError when the reference fails; DatasetError when an image cannot be read.
 */
export async function accuracyPass(
  samples: readonly DatasetSample[],
  contenders: readonly Contender[],
  options: AccuracyPassOptions,
): Promise<void> {
  const { progress, signal } = options;
  progress.start('images', samples.length);
  let index = 0;
  try {
    for await (const image of prepareImages(samples, options)) {
      signal.throwIfAborted();
      await scoreImage(image, index++, contenders, options);
      progress.advance();
    }
  } finally {
    progress.stop();
  }
}

async function scoreImage(
  image: PreparedImage<DatasetSample>,
  index: number,
  contenders: readonly Contender[],
  options: AccuracyPassOptions,
): Promise<void> {
  const { id, fileName } = image.source;
  const entry: Record<string, unknown> = { imageId: id, fileName };
  let reference: Outcome | null = null;
  const shown = new Map<string, Detections<'image'>>();
  const others: NamedOutput[] = [];
  let changes = 0;
  for (const { backend, tally, imageLimit } of contenders) {
    if (tally.failure !== null || (imageLimit !== undefined && index >= imageLimit)) continue;
    try {
      const outcome = await inferImage(image, backend, tally, options);
      if (tally.detections !== null) shown.set(tally.description.name, outcome.demo);
      if (reference === null) {
        reference = outcome;
      } else {
        const differences = tally.outputs.add(image.source, reference.head, outcome.head, options.size);
        const detections = tally.demoDetections.add(image.source, reference.demo, outcome.demo);
        entry[tally.description.name] = { ...differences, ...detections };
        if (tally.detections !== null) {
          changes += changesOf(detections);
          others.push({ name: tally.description.name, head: outcome.head });
        }
      }
    } catch (error) {
      const reason = failureReason(error, tally.description.name, fileName);
      tally.failure = reason.message;
      options.progress.note(reason.message);
      if (tally.isReference) throw reason;
    }
  }
  options.gallery.consider(image.source, changes, shown);
  if (reference !== null && others.length > 0) {
    await options.decodeState.add(image, { backend: contenders[0]!.backend, head: reference.head }, others);
  }
  await options.images.push([entry]);
}

async function inferImage(
  image: PreparedImage<DatasetSample>,
  backend: Backend,
  tally: BackendTally,
  options: AccuracyPassOptions,
): Promise<Outcome> {
  const { name, decoded } = tally.description;
  const inference = await backend.infer(image.pixels);
  // What only serves the noise floor has no place in the run folder.
  if (options.saveRaw && tally.detections)
    await options.folder.saveRaw(name, image.source.id, inference.output);
  const detect = (thresholds: Thresholds): Detections<'image'> => {
    const [found] = postprocess(inference.output, { ...thresholds, inputSize: options.size, decoded });
    return restoreDetections(found!, image.letterboxRatio);
  };
  const results = toCocoResults(detect(options.thresholds), image.source.id, options.categoryIds);
  const demo = detect(options.demoThresholds);
  await tally.add(image.source.id, results);
  return { head: { output: inference.output, decoded }, demo };
}

/** A RangeError of the reference code means that the backend's output cannot be used: NaN, or another shape. */
function failureReason(error: unknown, backend: string, fileName: string): BackendError {
  if (error instanceof RangeError || error instanceof BackendError) {
    return new BackendError(`the backend ${backend} failed on ${fileName}: ${error.message}`, {
      cause: error,
    });
  }
  throw error;
}
