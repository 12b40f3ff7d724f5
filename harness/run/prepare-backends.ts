import type { PixelSize } from '../../reference/preprocess/index.ts';
import { emulatedMluBackend } from '../backends/emulated-mlu.ts';
import { floatBackend } from '../backends/float-backend.ts';
import { quantizedBackend } from '../backends/quantized-backend.ts';
import type { CalibrationTools, ImageCalibration } from '../calibration/calibrate-on-images.ts';
import { openEngine } from '../engines/index.ts';
import type { Model } from '../model/load-model.ts';
import { prepareReplay } from '../record/prepare-replay.ts';
import type { BackendOptions } from './backend-options.ts';
import { isMlu, isMluSpec, type QuantizedSpec } from './backend-spec.ts';
import { calibratedScales, calibrateForRun } from './calibrated-scales.ts';
import { checkpointIn, checkpointScales } from './checkpoint-scales.ts';
import { hashScales } from './hash-scales.ts';
import { prepareOnCard } from './prepare-on-card.ts';
import type { PreparedBackend } from './prepared-backend.ts';
import { quantizationSetup, type Scales } from './quantization-setup.ts';

/**
 * Gets every backend ready to be opened: reads quantised checkpoints and calibrates where there is none. Calibration runs
 * once, for all backends that need it.
 * @throws BadDataError when scales are missing, broken, or of another network; DatasetError for a calibration image.
 */
export async function prepareBackends(
  model: Model,
  size: PixelSize,
  options: BackendOptions,
  tools: CalibrationTools,
): Promise<PreparedBackend[]> {
  const engine = await openEngine(options.engine);
  let calibration: ImageCalibration | null = null;
  const prepared: PreparedBackend[] = [];
  for (const spec of options.backends) {
    if (spec.name === 'cpu-float') {
      prepared.push({ factory: floatBackend(model, engine), quantization: null, exact: null, warnings: [] });
      continue;
    }
    if (isMluSpec(spec) && options.devices[spec.name].kind === 'agent') {
      prepared.push(...(await prepareOnCard(model, size, spec, options, tools)));
      continue;
    }
    const checkpoint = checkpointIn(options, spec.name);
    const device = isMluSpec(spec) ? options.devices[spec.name] : null;
    if (isMluSpec(spec) && device?.kind === 'bundle') {
      const { legacy } = options;
      const replay = { name: spec.name, folder: device.folder, model, size, legacy, checkpoint };
      prepared.push({ ...(await prepareReplay(replay)), quantization: null, exact: null });
      continue;
    }
    if (checkpoint === undefined) calibration ??= await calibrateForRun(model, size, options, tools);
    const scales =
      checkpoint === undefined
        ? calibratedScales(model, spec.bits, options, calibration!)
        : await checkpointScales(model, spec, checkpoint, { onCard: false });
    prepared.push(await prepareScaled(spec, scales, options));
  }
  return prepared;
}

async function prepareScaled(
  spec: QuantizedSpec,
  given: Scales,
  options: BackendOptions,
): Promise<PreparedBackend> {
  const { rounding } = options.quantization;
  const { graph, scales, warnings } = given;
  const common = { graph, scales, bits: spec.bits, rounding };
  // Integers summed exactly are all that an emulated card is for: it has no fast execution.
  const execution = isMlu(spec.name) ? 'exact' : options.quantization.execution;
  const exactEngine = await openEngine('onnxruntime');
  return {
    factory: isMlu(spec.name)
      ? emulatedMluBackend({ ...common, name: spec.name, numerics: options.numerics, engine: exactEngine })
      : quantizedBackend({
          ...common,
          name: spec.name,
          execution,
          engine: await openEngine(options.engine),
        }),
    exact:
      execution === 'fast'
        ? quantizedBackend({ ...common, name: spec.name, execution: 'exact', engine: exactEngine })
        : null,
    quantization: { ...quantizationSetup(given, spec.bits), execution, rounding },
    warnings,
    scalesSha256: hashScales(scales),
  };
}
