import { basename } from 'node:path';
import { CARDS } from '../../reference/device/index.ts';
import { type ConvScales, type Graph, scalesFromCalibration } from '../../reference/network/index.ts';
import type { PixelSize } from '../../reference/preprocess/index.ts';
import {
  type ModuleQuantization,
  type QuantizationFinding,
  readQuantizedCheckpoint,
} from '../../reference/quantize/index.ts';
import type { QuantizationRecord } from '../../reports/record/index.ts';
import { agentBackend } from '../backends/agent-backend.ts';
import type { BackendFactory } from '../backends/backend.ts';
import { emulatedMluBackend } from '../backends/emulated-mlu.ts';
import { floatBackend } from '../backends/float-backend.ts';
import { countQuantized, quantizedBackend } from '../backends/quantized-backend.ts';
import {
  type CalibrationTools,
  calibrateOnImages,
  type ImageCalibration,
} from '../calibration/calibrate-on-images.ts';
import { openEngine } from '../engines/index.ts';
import { BadDataError } from '../errors.ts';
import { loadModel, type Model } from '../model/load-model.ts';
import { prepareReplay, type RecordedFigures } from '../record/prepare-replay.ts';
import type { BackendOptions } from './backend-options.ts';
import { isMlu, isMluSpec, type MluSpec, type QuantizedName, type QuantizedSpec } from './backend-spec.ts';
import { compiledModels } from './compiled-models.ts';
import { datasetFolder } from './dataset-folder.ts';
import { hashScales } from './hash-scales.ts';
import { agentOptions } from './agent-options.ts';

/** What the record says of a quantised backend before it has run. */
export type QuantizationSetup = Omit<QuantizationRecord, 'saturation' | 'fastAgainstExactDb'>;

export interface PreparedBackend {
  readonly factory: BackendFactory;
  readonly quantization: QuantizationSetup | null;
  /** The same network in the exact execution, to check a fast one against; null where there is nothing to check. */
  readonly exact: BackendFactory | null;
  readonly warnings: readonly string[];
  /** SHA-256 of the scales that it runs with; absent where they are not of this machine. */
  readonly scalesSha256?: string;
  /** Of a backend that ran before, which is not timed again; absent for one that runs now. */
  readonly recorded?: RecordedFigures;
}

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
      prepared.push(await prepareOnCard(model, size, spec, options, tools));
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

function checkpointIn(
  { quantization: { checkpoints } }: BackendOptions,
  name: QuantizedName,
): string | undefined {
  return checkpoints[name] ?? checkpoints.all;
}

/** A backend that an agent runs on a card, with its checkpoint checked here, where it can be told best what is wrong with it. */
async function prepareOnCard(
  model: Model,
  size: PixelSize,
  spec: MluSpec,
  options: BackendOptions,
  { progress, signal }: CalibrationTools,
): Promise<PreparedBackend> {
  const device = options.devices[spec.name];
  const agent = agentOptions(options.agent!, { progress, signal });
  const checkpoint = checkpointIn(options, spec.name) ?? null;
  const quantized =
    checkpoint === null ? null : await checkpointScales(model, spec, checkpoint, { onCard: true });
  const common = {
    ...{ name: spec.name, agent, size, checkpoint, classes: model.variant.classes },
    coreVersion: CARDS[options.card!.name].name,
    precision: quantized === null ? null : `int${spec.bits}`,
  };
  const models =
    device.kind === 'agent' ? await compiledModels(device.models, { ...common, card: options.card! }) : [];
  return {
    factory: agentBackend({ ...common, models }),
    exact: null,
    quantization: quantized && {
      ...quantizationSetup(quantized, spec.bits),
      execution: 'card',
      rounding: null,
    },
    warnings: quantized?.warnings ?? [],
  };
}

interface Scales {
  /** Of the weights the scales belong to. */
  readonly graph: Graph;
  readonly scales: ReadonlyMap<string, ConvScales>;
  readonly source: QuantizationSetup['source'];
  readonly weightScales: QuantizationSetup['weightScales'];
  readonly warnings: readonly string[];
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

function quantizationSetup(
  { graph, source, weightScales }: Scales,
  bits: 8 | 16,
): Omit<QuantizationSetup, 'execution' | 'rounding'> {
  const { quantized, float } = countQuantized(graph);
  return { bits, weightScales, source, convolutions: quantized, floatConvolutions: float };
}

async function calibrateForRun(
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

function calibratedScales(
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
    warnings: warningsOf(findings, `int${bits} calibration`),
  };
}

/**
 * Scales, and the weights with them, out of a checkpoint as MLU PyTorch saves it: what the card would run.
 * @throws BadDataError when it is not quantised, is of another network, or has other bits than asked for.
 */
async function checkpointScales(
  model: Model,
  spec: QuantizedSpec,
  path: string,
  { onCard }: { readonly onCard: boolean },
): Promise<Scales> {
  const quantized = await loadModel(path);
  const [theirs, ours] = [quantized.variant.classes, model.variant.classes];
  if (theirs !== ours) {
    throw new BadDataError(
      `cannot take the scales of ${spec.name} from ${path}: it has ${theirs} classes and ${model.file} has ${ours}; give a quantised checkpoint of the same network`,
    );
  }
  const { convolutions, findings } = readQuantizedCheckpoint(quantized.tensors);
  if (convolutions.size === 0) {
    throw new BadDataError(
      `cannot take scales from ${path}: no module of it has a scale; give a checkpoint saved after quantize_dynamic_mlu`,
    );
  }
  const widths = [...new Set([...convolutions.values()].map(({ bits }) => bits))];
  if (widths.length !== 1 || widths[0] !== spec.bits) {
    throw new BadDataError(
      `cannot run ${spec.name} with ${spec.bits} bits from ${path}: it was quantised to int${widths.join(' and int')}; ` +
        `give a checkpoint quantised to int${spec.bits}, or --bits ${widths[0]}`,
    );
  }
  // A card applies it; only the emulation has no such step.
  if (!onCard) refuseOwnNormalization(path, convolutions);
  return {
    graph: quantized.graph,
    scales: convolutions,
    weightScales: [...convolutions.values()].some(({ weightQuantScale }) => weightQuantScale.length > 1)
      ? 'per-channel'
      : 'per-tensor',
    source: { kind: 'checkpoint', description: basename(path), sha256: quantized.sha256 },
    warnings: [...warningsOf(findings, basename(path)), ...otherWeights(model, quantized)],
  };
}

/**
 * A convolution quantised as `firstconv` subtracts a mean and divides by a deviation on the card, before its weights. The
 * emulated network has no such step, so that it would run, and be wrong; mean 0 and deviation 1 change nothing.
 */
function refuseOwnNormalization(
  path: string,
  convolutions: ReadonlyMap<string, Pick<ModuleQuantization, 'inputMean' | 'inputStd'>>,
): void {
  for (const [layer, { inputMean, inputStd }] of convolutions) {
    const changes = inputMean?.some((mean) => mean !== 0) || inputStd?.some((std) => std !== 1);
    if (!changes) continue;
    const values = [`mean ${inputMean?.join(', ') ?? '0'}`, `std ${inputStd?.join(', ') ?? '1'}`].join(', ');
    throw new BadDataError(
      `cannot run ${path}: ${layer} was quantised as firstconv with ${values}, which the emulation does not apply; ` +
        'quantise with firstconv=False, or with mean 0 and std 1, and normalise the input as the network was trained',
    );
  }
}

/** A quantised checkpoint should hold the float weights untouched; other ones are run, and said to be other ones. */
function otherWeights(model: Model, quantized: Model): string[] {
  for (const [name, tensor] of model.graph.tensors) {
    const other = quantized.graph.tensors.get(name);
    if (other === undefined || !tensor.data.every((value, index) => value === other.data[index])) {
      return [
        `${quantized.file} holds other weights than ${model.file} (first at ${name}): its own are run, so the drift is not of quantisation alone`,
      ];
    }
  }
  return [];
}

const SHOWN_FINDINGS = 3;

function warningsOf(findings: readonly QuantizationFinding[], source: string): string[] {
  const shown = findings.slice(0, SHOWN_FINDINGS).map(({ message }) => `${source}: ${message}`);
  const more = findings.length - shown.length;
  return more > 0 ? [...shown, `${source}: ${more} more findings of this kind`] : shown;
}
