import { scalesFromCalibration } from '../../reference/network/index.ts';
import type { PixelSize } from '../../reference/preprocess/index.ts';
import {
  type CalibrationTools,
  calibrateOnImages,
  type ImageCalibration,
} from '../calibration/calibrate-on-images.ts';
import type { Model } from '../model/load-model.ts';
import type { BackendOptions } from './backend-options.ts';
import { datasetFolder } from './dataset-folder.ts';
import type { Scales } from './quantization-setup.ts';
import { scaleWarnings } from './scale-warnings.ts';

/** Ranges of every convolution's input on the images of `--calibration`. */
export async function calibrateForRun(
  model: Model,
  size: PixelSize,
  { quantization, legacy }: BackendOptions,
  tools: CalibrationTools,
): Promise<ImageCalibration> {
  const { calibration, calibrationImages, percentile, headroom } = quantization;
  return calibrateOnImages({
    graph: model.graph,
    size,
    legacy,
    folder: await datasetFolder(calibration!, tools),
    count: calibrationImages,
    method: percentile === undefined ? { kind: 'absmax', headroom } : { kind: 'percentile', percentile },
    ...tools,
  });
}

/** Scales of one width out of those ranges. */
export function calibratedScales(
  model: Model,
  bits: 8 | 16,
  { quantization }: BackendOptions,
  calibration: ImageCalibration,
): Scales {
  const weightScales = quantization.perChannel ? 'per-channel' : 'per-tensor';
  const { scales, findings } = scalesFromCalibration(model.graph, calibration.absmax, {
    bits,
    weightGranularity: weightScales,
  });
  return {
    graph: model.graph,
    scales,
    weightScales,
    source: { kind: 'calibration', description: calibration.description, images: calibration.images },
    warnings: scaleWarnings(findings, `int${bits} calibration`),
  };
}
