import type { PixelSize } from '../../reference/preprocess/index.ts';
import type { BackendFactory } from '../backends/backend.ts';
import { nullBackend } from '../backends/null-backend.ts';
import type { CalibrationTools } from '../calibration/calibrate-on-images.ts';
import type { Model } from '../model/load-model.ts';
import { prepareBackends } from '../run/prepare-backends.ts';
import type { BenchOptions } from './bench-options.ts';

export interface MeasuredBackends {
  /** In the order they were named. */
  readonly factories: readonly BackendFactory[];
  readonly warnings: string[];
}

/** The backends of `bench` that run here, ready to be opened; throws as `prepareBackends` does. */
export async function measuredBackends(
  model: Model,
  size: PixelSize,
  { engines, backends }: BenchOptions,
  tools: CalibrationTools,
): Promise<MeasuredBackends> {
  const prepared = await prepareBackends(model, size, engines, tools);
  return {
    factories: backends.flatMap((name): BackendFactory[] => {
      if (name === 'null') return [nullBackend(size, model.variant.classes)];
      return prepared.filter(({ factory }) => factory.name === name).map(({ factory }) => factory);
    }),
    warnings: prepared.flatMap((backend) => backend.warnings),
  };
}
