import type { PixelSize } from '../../reference/preprocess/index.ts';
import { AgentFailure, type AgentOptions, type DeviceSession, openDeviceSession } from '../device/index.ts';
import { UsageError } from '../errors.ts';
import type { CompiledModel } from './compiled-model.ts';
import { type GivenModel, readGivenModel } from './given-model.ts';
import { type ModelUse, refuseUncovered } from './refuse-uncovered.ts';

export interface CompiledModelsOptions {
  readonly agent: AgentOptions;
  readonly size: PixelSize;
  readonly classes: number;
  readonly coreVersion: string;
  readonly use: ModelUse;
  /** In a test another one. */
  readonly openSession?: typeof openDeviceSession;
}

/** As messages have it. */
const FLAG = '--mlu-offline model:';

/**
 * What each model of `--mlu-offline model:` was compiled for: as its twins say or, where it has none beside it, as the card
 * says, which opens it.
 * @throws BadDataError for a file that is missing or of another size; UsageError for a core number that is not the typed one,
 *   and as `refuseUncovered` does; AgentFailure when the card refuses a model.
 */
export async function compiledModels(
  values: readonly string[],
  options: CompiledModelsOptions,
): Promise<CompiledModel[]> {
  const given: GivenModel[] = [];
  // All that can be told without a card comes first.
  for (const value of values) given.push(await readGivenModel(value, FLAG, options.size));
  const models: CompiledModel[] = [];
  for (const { coreNumber, batch, path, sha256 } of given) {
    const compiledFor =
      coreNumber !== null && batch !== null
        ? { coreNumber, batch }
        : await askCard(path, coreNumber, options);
    models.push({ path, sha256, ...compiledFor });
  }
  if (models.length > 0) refuseUncovered(models, FLAG, options.use);
  return models;
}

async function askCard(
  path: string,
  typed: number | null,
  options: CompiledModelsOptions,
): Promise<{ readonly coreNumber: number; readonly batch: number }> {
  const { session, batch } = await openAtItsBatch(path, options);
  const { coreNumber } = session.description;
  await session.close();
  if (typed !== null && typed !== coreNumber) {
    throw new UsageError(
      `${FLAG}${typed}=${path}: the card says core number ${coreNumber}; leave out ${typed}=`,
    );
  }
  return { coreNumber, batch };
}

/** A runtime opens a model at the batch that it was compiled for alone: tried are 1 and those that it is to be run with. */
async function openAtItsBatch(
  path: string,
  { agent, use, openSession = openDeviceSession, size, classes, coreVersion }: CompiledModelsOptions,
): Promise<{ readonly session: DeviceSession; readonly batch: number }> {
  const network = { size, classes, coreVersion };
  const batches = [...new Set([1, ...(use.batches ?? [])])];
  for (const [at, batch] of batches.entries()) {
    try {
      // The model has its core number; what stands here is not looked at.
      const spec = { kind: 'offline' as const, model: path, batch, coreNumber: 1, ...network };
      return { session: await openSession(agent, spec), batch };
    } catch (error) {
      const refused = error instanceof AgentFailure && error.kind === 'bad-request';
      if (!refused || at === batches.length - 1) throw error;
    }
  }
  throw new Error('there is always batch 1');
}
