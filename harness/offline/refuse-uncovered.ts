import { UsageError } from '../errors.ts';
import { scoredCoreNumber } from '../latency/card-choice.ts';
import { type CompiledModel, listModels } from './compiled-model.ts';

/** What a command is going to run offline models at. */
export interface ModelUse {
  /** As typed; null for every one that there is a model for. */
  readonly cores: readonly number[] | null;
  readonly batches: readonly number[] | null;
  /**
   * Whether every core number runs every batch, and outputs are scored image by image: so with `run`, `bench` and a plan, while
   * `tune` races what there is.
   */
  readonly scored: boolean;
  /** A core number that outputs are scored at too, and that is not timed for it. */
  readonly alsoScored?: number;
}

/**
 * Holds given models against what they are to be run at, before anything runs.
 * @param flag as of `readGivenModel`.
 * @throws UsageError for two models of the same, a core number or batch without a model, and a model that nothing runs.
 */
export function refuseUncovered(models: readonly CompiledModel[], flag: string, use: ModelUse): void {
  for (const [at, model] of models.entries()) {
    const same = models.slice(0, at).find((other) => isFor(other, model.coreNumber, model.batch));
    if (same) {
      throw new UsageError(
        `${flag}${same.path} and ${model.path} are both of core number ${model.coreNumber} and batch ${model.batch}: give one of them`,
      );
    }
  }
  const cores = use.cores ?? [...new Set(models.map(({ coreNumber }) => coreNumber))];
  const batches = use.batches ?? [...new Set(models.map(({ batch }) => batch))];
  refuse(
    cores.find((count) => models.every(({ coreNumber }) => coreNumber !== count)),
    (count) =>
      `core number ${count}: there is ${listModels(models)}; give one, or leave ${count} out of --cores`,
  );
  refuse(
    batches.find((count) => models.every(({ batch }) => batch !== count)),
    (count) => `batch ${count}: there is ${listModels(models)}; give one, or leave ${count} out of --batch`,
  );
  const also = use.alsoScored === undefined ? [] : [[use.alsoScored, 1] as [number, number]];
  const needed = use.scored ? [...scoredPoints(cores, batches), ...also] : [];
  refuse(
    needed.find(([coreNumber, batch]) => !models.some((model) => isFor(model, coreNumber, batch))),
    ([coreNumber, batch]) =>
      `core number ${coreNumber} and batch ${batch}${batch === 1 ? ', which outputs are scored with' : ''}: there is ${listModels(models)}; give one`,
  );
  const idle = models.find(({ coreNumber, batch }) =>
    use.scored
      ? !needed.some(([core, images]) => core === coreNumber && images === batch)
      : !(cores.includes(coreNumber) && batches.includes(batch)),
  );
  if (idle) {
    const [what, option] = cores.includes(idle.coreNumber)
      ? [`batch ${idle.batch}`, '--batch']
      : [`core number ${idle.coreNumber}`, '--cores'];
    throw new UsageError(
      `${flag}${idle.path} has no effect: it is of ${what}, which ${option} does not name; leave it out, or add the number`,
    );
  }

  function refuse<T>(missing: T | undefined, sentence: (missing: T) => string): void {
    if (missing !== undefined) throw new UsageError(`no offline model is of ${sentence(missing)}`);
  }
}

/** Every core number with every batch, and the one of batch 1 that outputs are scored with. */
function scoredPoints(cores: readonly number[], batches: readonly number[]): [number, number][] {
  const timed = cores.flatMap((core) => batches.map((batch): [number, number] => [core, batch]));
  return [[scoredCoreNumber(cores), 1], ...timed];
}

function isFor(model: CompiledModel, coreNumber: number, batch: number): boolean {
  return model.coreNumber === coreNumber && model.batch === batch;
}
