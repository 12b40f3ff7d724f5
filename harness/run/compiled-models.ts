import type { PixelSize } from '../../reference/preprocess/index.ts';
import type { CompiledModel } from '../backends/agent-backend.ts';
import { type AgentOptions, openDeviceSession } from '../device/index.ts';
import { BadDataError } from '../errors.ts';
import { type CardChoice, scoredCoreNumber } from '../latency/card-choice.ts';
import { readTwinsBeside } from '../lint/read-twins.ts';

export interface CompiledModelsOptions {
  readonly agent: AgentOptions;
  readonly size: PixelSize;
  readonly classes: number;
  readonly coreVersion: string;
  readonly card: CardChoice;
}

/**
 * What each offline model was compiled for: as its twins say, or, where it has none beside it, as the card says.
 * @throws BadDataError when there is no such file, or two were compiled for the same; AgentFailure when the card refuses it.
 */
export async function compiledModels(
  paths: readonly string[],
  options: CompiledModelsOptions,
): Promise<CompiledModel[]> {
  const models: CompiledModel[] = [];
  for (const path of paths) {
    const model = await compiledModel(path, options);
    const same = models.find((one) => one.coreNumber === model.coreNumber && one.batch === model.batch);
    if (same) {
      throw new BadDataError(
        `${same.path} and ${path} are both compiled for core number ${model.coreNumber} and batch ${model.batch}: give one of them`,
      );
    }
    models.push(model);
  }
  return models;
}

async function compiledModel(path: string, options: CompiledModelsOptions): Promise<CompiledModel> {
  const twins = await readTwinsBeside(path);
  const [subnet] = twins?.functions ?? [];
  const coreNumber = subnet?.kernels[0]?.modelParallelism;
  const batch = subnet?.inputs[0]?.shape[0];
  if (coreNumber !== undefined && batch !== undefined) return { path, coreNumber, batch };
  const { agent, card, ...network } = options;
  const session = await openDeviceSession(agent, {
    ...{ kind: 'offline', model: path, batch: 1, coreNumber: scoredCoreNumber(card.cores) },
    ...{ size: network.size, classes: network.classes, coreVersion: network.coreVersion },
  });
  try {
    return { path, coreNumber: session.description.coreNumber, batch: 1 };
  } finally {
    await session.close();
  }
}
