import type { Dataset } from '../../datasets/index.ts';
import type { PixelSize } from '../../reference/preprocess/index.ts';
import { readQuantizedCheckpoint } from '../../reference/quantize/index.ts';
import { BadDataError, UsageError } from '../errors.ts';
import { inputSizeOf } from '../model/input-size.ts';
import { loadModel, type Model } from '../model/load-model.ts';
import { openDataset } from '../run/open-dataset.ts';
import type { RunTools } from '../run/run-tools.ts';
import { type GivenModel, readGivenModels } from './given-models.ts';
import type { PlanOptions } from './plan-options.ts';

/** Everything a plan is made of, read and checked. */
export interface PlanInputs {
  readonly model: Model;
  readonly size: PixelSize;
  readonly dataset: Dataset;
  readonly models: readonly GivenModel[];
  /** Outputs are those of the first one. */
  readonly cores: readonly number[];
}

const USUAL_CORE_NUMBER = 4;

/** @throws ParityError or DatasetError for the first input that cannot be used. */
export async function openPlanInputs(
  options: PlanOptions,
  tools: Pick<RunTools, 'progress' | 'signal'>,
): Promise<PlanInputs> {
  const model = await loadModel(options.weights);
  const size = inputSizeOf(options.size ?? undefined, model.variant, model.sha256);
  if (options.quantized !== null) await refuseOther(options.quantized, model);
  const models = await readGivenModels(options.offlineModels, size);
  const cores = coresOf(options, models);
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
}

function coresOf({ cores }: PlanOptions, models: readonly GivenModel[]): readonly number[] {
  const compiled = models.map(({ coreNumber }) => coreNumber);
  const wanted = cores ?? (compiled.length > 0 ? compiled : [USUAL_CORE_NUMBER]);
  const missing = compiled.length > 0 ? wanted.find((count) => !compiled.includes(count)) : undefined;
  if (missing !== undefined) {
    throw new UsageError(
      `no --offline-model is of core number ${missing}: give one, or leave ${missing} out of --cores`,
    );
  }
  const idle = models.find(({ coreNumber }) => !wanted.includes(coreNumber));
  if (idle) {
    throw new UsageError(
      `--offline-model ${idle.path} has no effect: it is of core number ${idle.coreNumber}, which --cores does not name; leave it out, or add the number`,
    );
  }
  return wanted;
}
