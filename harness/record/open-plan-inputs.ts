import type { Dataset } from '../../datasets/index.ts';
import type { PixelSize } from '../../reference/preprocess/index.ts';
import { readQuantizedCheckpoint } from '../../reference/quantize/index.ts';
import { BadDataError, UsageError } from '../errors.ts';
import { scoredCoreNumber, USUAL_CORE_NUMBER } from '../latency/card-choice.ts';
import { twinsPathOf } from '../lint/read-twins.ts';
import { inputSizeOf } from '../model/input-size.ts';
import { loadModel, type Model } from '../model/load-model.ts';
import type { CompiledModel } from '../offline/compiled-model.ts';
import { readGivenModel } from '../offline/given-model.ts';
import { refuseUncovered } from '../offline/refuse-uncovered.ts';
import { firstOtherWeights } from '../run/checkpoint-scales.ts';
import { openDataset } from '../run/open-dataset.ts';
import type { RunTools } from '../run/run-tools.ts';
import type { PlanOptions } from './plan-options.ts';

/** An offline model that goes into a plan. */
export interface PlannedModel extends CompiledModel {
  /** The vendor's text beside it; null where there is none. */
  readonly twins: string | null;
}

/** Everything a plan is made of, read and checked. */
export interface PlanInputs {
  readonly model: Model;
  readonly size: PixelSize;
  readonly dataset: Dataset;
  readonly models: readonly PlannedModel[];
  /** Outputs are those of the first one. */
  readonly cores: readonly number[];
}

/** As messages have it. */
const FLAG = '--offline-model ';

/** @throws ParityError or DatasetError for the first input that cannot be used. */
export async function openPlanInputs(
  options: PlanOptions,
  tools: Pick<RunTools, 'progress' | 'signal'>,
): Promise<PlanInputs> {
  const model = await loadModel(options.weights);
  const size = inputSizeOf(options.size ?? undefined, model.variant, model.sha256);
  if (options.quantized !== null) await refuseOther(options.quantized, model);
  const { models, cores } = await readPlanModels(options, size);
  const dataset = await openDataset(options, tools);
  return { model, size, dataset, models, cores };
}

/** A plan for another network would be found out on the device's host, or never. */
async function refuseOther(path: string, model: Model): Promise<void> {
  const quantized = await loadModel(path);
  if (readQuantizedCheckpoint(quantized.tensors).convolutions.size === 0) {
    throw new BadDataError(
      `cannot plan with ${path}: no module of it has a scale; give a checkpoint saved after quantize_dynamic_mlu`,
    );
  }
  const [theirs, ours] = [quantized, model].map(
    ({ variant: { depth, width, depthwise, classes } }) =>
      `depth ${depth}, width ${width}${depthwise ? ', depthwise' : ''}, ${classes} classes`,
  );
  if (theirs !== ours) {
    throw new BadDataError(
      `cannot plan with ${path}: it is a network of ${theirs}, and ${model.file} one of ${ours}; give a quantised checkpoint of the same network`,
    );
  }
  const other = firstOtherWeights(model, quantized);
  if (other !== null) {
    throw new BadDataError(
      `cannot plan with ${path}: it holds other weights than ${model.file} (first at ${other}), and what is recorded would be held against these; give the checkpoint that was quantised from them`,
    );
  }
}

/** The given models, with the core numbers to record at: the one that is scored first, as `run` would choose it. */
async function readPlanModels(
  { cores, offlineModels }: PlanOptions,
  size: PixelSize,
): Promise<Pick<PlanInputs, 'models' | 'cores'>> {
  if (offlineModels.length === 0) return { models: [], cores: scoredFirst(cores ?? [USUAL_CORE_NUMBER]) };
  const models: PlannedModel[] = [];
  for (const value of offlineModels) models.push(await readPlanModel(value, size));
  refuseUncovered(models, FLAG, { cores, batches: [1], scored: true });
  return { models, cores: scoredFirst(cores ?? models.map(({ coreNumber }) => coreNumber)) };
}

/** @throws UsageError for a core number that nothing tells, BadDataError for a batch that is not 1. */
async function readPlanModel(value: string, size: PixelSize): Promise<PlannedModel> {
  const model = await readGivenModel(value, FLAG, size);
  const { path, coreNumber } = model;
  if (coreNumber === null) {
    throw new UsageError(
      `the core number of ${FLAG}${path} is not known, since ${twinsPathOf(path)} is missing: put it there, or write ${FLAG}4=${path} for core number 4`,
    );
  }
  // Where no twins tell it, the device's host finds it out.
  const batch = model.batch ?? 1;
  if (batch !== 1) {
    throw new BadDataError(
      `cannot plan with ${path}: it is of batch ${batch}, and a plan's images go one by one; compile it for batch 1`,
    );
  }
  return { ...model, coreNumber, batch };
}

function scoredFirst(cores: readonly number[]): readonly number[] {
  return [...new Set([scoredCoreNumber(cores), ...cores])];
}
