import type { DatasetSample } from '../../datasets/index.ts';
import type { HeadOutput } from '../../reference/compare/index.ts';
import type { Detections } from '../../reference/detections.ts';
import { postprocess, restoreDetections, toCocoResults } from '../../reference/postprocess/index.ts';
import type { PixelSize } from '../../reference/preprocess/index.ts';
import type { Backend } from '../backends/backend.ts';
import type { LayerSaturation } from '../engines/index.ts';
import { BackendError } from '../errors.ts';
import { type PreparedImage, prepareImages } from '../model/prepare-images.ts';
import type { RunFolder } from '../store/run-folder.ts';
import type { Progress } from '../terminal/progress.ts';
import type { BackendTally, ImageSaturation } from './backend-tally.ts';
import type { DecodeStateCheck, NamedOutput } from './decode-state.ts';
import type { BackendImage, FailedImage, ImageResult } from './image-result.ts';
import { outputDifference } from './output-comparison.ts';

export interface Thresholds {
  readonly conf: number;
  readonly nms: number;
}

/** An image, and its place in the list of all that were selected, from 0. */
export interface PlacedSample extends DatasetSample {
  readonly place: number;
}

export interface AccuracyPassOptions {
  readonly size: PixelSize;
  readonly legacy: boolean;
  readonly categoryIds: readonly number[];
  readonly thresholds: Thresholds;
  readonly demoThresholds: Thresholds;
  readonly folder: Pick<RunFolder, 'saveRaw'>;
  readonly decodeState: DecodeStateCheck;
  readonly saveRaw: boolean;
  /** Writes an image down and counts it; the next one is scored after that. */
  readonly finish: (sample: PlacedSample, image: ImageResult) => Promise<void>;
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
  readonly scored: BackendImage;
}

/**
 * Every image through every backend, the reference first; each image is finished before the next, and one that was not is as
 * if it had not been begun. A backend that fails is left out from then on with its reason in the tally; when the reference
 * fails there is nothing left to compare with, and the pass ends.
 * @throws BackendError when the reference fails; DatasetError when an image cannot be read.
 */
export async function accuracyPass(
  samples: readonly PlacedSample[],
  contenders: readonly Contender[],
  options: AccuracyPassOptions,
): Promise<void> {
  const { progress, signal } = options;
  progress.start('images', samples.length);
  try {
    for await (const image of prepareImages(samples, options)) {
      signal.throwIfAborted();
      await options.finish(image.source, await scoreImage(image, contenders, options));
      progress.advance();
    }
  } finally {
    progress.stop();
  }
}

async function scoreImage(
  image: PreparedImage<PlacedSample>,
  contenders: readonly Contender[],
  options: AccuracyPassOptions,
): Promise<ImageResult> {
  const { id, fileName, place } = image.source;
  const backends: Record<string, BackendImage | FailedImage> = {};
  let reference: Outcome | null = null;
  const others: NamedOutput[] = [];
  for (const { backend, tally, imageLimit } of contenders) {
    const { name } = tally.description;
    if (tally.failure !== null || (imageLimit !== undefined && place >= imageLimit)) continue;
    try {
      const { head, scored } = await inferImage(image, backend, tally, options);
      if (reference === null) {
        reference = { head, scored };
        backends[name] = scored;
      } else {
        backends[name] = { ...scored, difference: outputDifference(reference.head, head, options.size) };
        if (tally.detectionsFile !== null) others.push({ name, head });
      }
    } catch (error) {
      const reason = failureReason(error, name, fileName);
      options.progress.note(reason.message);
      if (tally.isReference) {
        tally.failure = reason.message;
        throw reason;
      }
      backends[name] = { failure: reason.message };
    }
  }
  if (reference !== null && others.length > 0) {
    const { backend } = contenders[0]!;
    const seen = await options.decodeState.look(image, { backend, head: reference.head }, others);
    for (const [name, evidence] of seen) backends[name] = { ...(backends[name] as BackendImage), evidence };
  }
  return { place, imageId: id, backends };
}

async function inferImage(
  image: PreparedImage<PlacedSample>,
  backend: Backend,
  tally: BackendTally,
  options: AccuracyPassOptions,
): Promise<Outcome> {
  const { name, decoded } = tally.description;
  const before = backend.saturation();
  const { output } = await backend.infer(image.pixels);
  const saturation = saturationSince(before, backend.saturation());
  // What only serves the noise floor has no place in the run folder.
  if (options.saveRaw && tally.detectionsFile !== null)
    await options.folder.saveRaw(name, image.source.id, output);
  const detect = (thresholds: Thresholds): Detections<'image'> => {
    const [found] = postprocess(output, { ...thresholds, inputSize: options.size, decoded });
    return restoreDetections(found!, image.letterboxRatio);
  };
  const results = toCocoResults(detect(options.thresholds), image.source.id, options.categoryIds);
  const demo = detect(options.demoThresholds);
  return {
    head: { output, decoded },
    scored: { results, demo, difference: null, saturation, evidence: null },
  };
}

function saturationSince(
  before: readonly LayerSaturation[],
  after: readonly LayerSaturation[],
): ImageSaturation {
  return {
    saturated: after.map(({ saturated }, index) => saturated - before[index]!.saturated),
    total: after.map(({ total }, index) => total - before[index]!.total),
  };
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
