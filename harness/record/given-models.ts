import { stat } from 'node:fs/promises';
import type { TwinsFile } from '../../reference/offline/index.ts';
import type { PixelSize } from '../../reference/preprocess/index.ts';
import { BadDataError, UsageError } from '../errors.ts';
import { readTwinsBeside, twinsPathOf } from '../lint/read-twins.ts';

/** An offline model of `--offline-model`, with the core number that it was compiled for. */
export interface GivenModel {
  readonly path: string;
  /** The vendor's text beside it; null where there is none. */
  readonly twins: string | null;
  readonly coreNumber: number;
}

/**
 * Looks at offline models without running them. The core number is the twins file's; without one it is that of `4=FILE`.
 * @throws BadDataError for a file that is missing or of another batch or input size; UsageError for a core number that
 *   nothing tells, or that two models have.
 */
export async function readGivenModels(values: readonly string[], size: PixelSize): Promise<GivenModel[]> {
  const models: GivenModel[] = [];
  for (const value of values) {
    const model = await readGivenModel(value, size);
    const other = models.find(({ coreNumber }) => coreNumber === model.coreNumber);
    if (other) {
      throw new UsageError(
        `--offline-model ${model.path} and ${other.path} are both of core number ${model.coreNumber}: give one of them`,
      );
    }
    models.push(model);
  }
  return models;
}

async function readGivenModel(value: string, size: PixelSize): Promise<GivenModel> {
  const [, typed, path] = /^(?:([1-9]\d{0,3})=)?(.+)$/s.exec(value)!;
  const known = await stat(path!).catch(() => null);
  if (!known?.isFile()) {
    throw new BadDataError(
      `cannot read the offline model ${path}: there is no such file; give a .cambricon file`,
    );
  }
  const twins = twinsPathOf(path!);
  const beside = await readTwinsBeside(path!);
  const told = beside && coreNumberOf(path!, beside, size);
  if (told === null && typed === undefined) {
    throw new UsageError(
      `the core number of --offline-model ${path} is not known, since ${twins} is missing: put it there, or write --offline-model 4=${path} for core number 4`,
    );
  }
  if (told !== null && typed !== undefined && Number(typed) !== told) {
    throw new UsageError(`--offline-model ${value}: ${twins} says core number ${told}; leave out ${typed}=`);
  }
  return { path: path!, twins: beside && twins, coreNumber: told ?? Number(typed) };
}

function coreNumberOf(path: string, { functions: [main] }: TwinsFile, { height, width }: PixelSize): number {
  const [input, kernel] = [main?.inputs[0], main?.kernels[0]];
  if (!input || !kernel) {
    throw new BadDataError(
      `cannot use ${twinsPathOf(path)}: it names no input or no kernel; take the one that was written with the model`,
    );
  }
  const expected = `1 ${height} ${width} 3`;
  if (input.shape.join(' ') !== expected) {
    throw new BadDataError(
      `cannot plan with ${path}: its input is ${input.shape.join(' ')}, and the plan's is ${expected} (batch 1, NHWC); compile it for that, or give another --size`,
    );
  }
  return kernel.modelParallelism;
}
