import { availableParallelism } from 'node:os';
import { basename, resolve } from 'node:path';
import type { Graph } from '../../reference/network/index.ts';
import type { PixelSize } from '../../reference/preprocess/index.ts';
import type { Tensor } from '../../reference/tensor.ts';
import { openEngine } from '../engines/index.ts';
import { picturesIn } from '../model/pictures-in.ts';
import { prepareImages } from '../model/prepare-images.ts';
import type { Progress } from '../terminal/progress.ts';
import { type CalibrationMethod, calibrate } from './calibrate.ts';

export interface ImageCalibration {
  /** Absmax of each convolution's input, by module path. */
  readonly absmax: ReadonlyMap<string, number>;
  readonly images: number;
  /** For the record: which images, and by what rule. */
  readonly description: string;
}

export interface CalibrationTools {
  readonly progress: Progress;
  /** Aborted by Ctrl-C: calibration ends before the next image. */
  readonly signal: AbortSignal;
}

export interface ImageCalibrationOptions extends CalibrationTools {
  readonly graph: Graph;
  readonly size: PixelSize;
  readonly legacy: boolean;
  readonly folder: string;
  /** The first so many of the folder, by name. */
  readonly count: number;
  readonly method: CalibrationMethod;
}

/**
 * Calibrates on the first pictures of a folder, in order of their names; of a COCO folder, those of its `images/`.
 * Runs on onnxruntime whatever engine the run has, which takes ranges inside the network.
 * @throws BadDataError when the folder cannot be read or has no pictures; DatasetError for one that does not decode.
 */
export async function calibrateOnImages(options: ImageCalibrationOptions): Promise<ImageCalibration> {
  const { graph, size, legacy, folder, count, method, progress, signal } = options;
  const paths = (await picturesIn(folder, { purpose: 'calibrate on', option: '--calibration' })).slice(
    0,
    count,
  );
  progress.start('calibration images', paths.length);
  try {
    const absmax = await calibrate({
      graph,
      inputs: inputs(paths, size, legacy, { progress, signal }),
      engine: await openEngine('onnxruntime'),
      method,
      threads: availableParallelism(),
    });
    const rule =
      method.kind === 'absmax'
        ? `absmax × ${method.headroom ?? 1}`
        : `percentile ${method.percentile} of |x|`;
    return {
      absmax,
      images: paths.length,
      description: `${paths.length} images of ${basename(resolve(folder))}, ${rule}`,
    };
  } finally {
    progress.stop();
  }
}

async function* inputs(
  paths: readonly string[],
  size: PixelSize,
  legacy: boolean,
  { progress, signal }: CalibrationTools,
): AsyncGenerator<Tensor> {
  const sources = paths.map((path) => ({ path }));
  for await (const { pixels } of prepareImages(sources, { size, legacy })) {
    signal.throwIfAborted();
    yield pixels;
    progress.advance();
  }
}
