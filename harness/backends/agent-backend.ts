import { basename } from 'node:path';
import type { PixelSize } from '../../reference/preprocess/index.ts';
import { nameAtCore } from '../config/backend-at-core.ts';
import type { MluBackendName } from '../config/option-choices.ts';
import {
  type AgentOptions,
  type DeviceSession,
  openDeviceSession,
  type SessionSpec,
} from '../device/index.ts';
import { BackendError } from '../errors.ts';
import { type CompiledModel, listModels } from '../offline/compiled-model.ts';
import type { Backend, BackendDescription, BackendFactory, OpenOptions } from './backend.ts';
import { describeSession } from './describe-session.ts';

export interface AgentBackendOptions {
  readonly name: MluBackendName;
  /** Of a backend that is scored at a second core number: that one. */
  readonly scoredAt?: number;
  readonly agent: AgentOptions;
  readonly size: PixelSize;
  readonly classes: number;
  /** As `set_core_version` takes it: `MLU270`. */
  readonly coreVersion: string;
  /** As MLU PyTorch saved it; null where offline models are all that there is. */
  readonly checkpoint: string | null;
  /** Of the checkpoint, `int16`: an offline model does not say its own. Null without one. */
  readonly precision: string | null;
  /** Of `mlu-offline`; where there are none the agent makes them of the checkpoint. */
  readonly models: readonly CompiledModel[];
  /** In a test another one. */
  readonly openSession?: typeof openDeviceSession;
}

/** A backend on a card, by an agent. */
export interface AgentBackend extends BackendFactory {
  /** A session with `contexts` inferences at the same time, for who measures more than one. */
  openSession(options: OpenOptions & { readonly contexts: number }): Promise<DeviceSession>;
  describe(session: DeviceSession): BackendDescription;
}

/**
 * `mlu-online` and `mlu-offline` on a card: each session is an agent of its own, since what `torch_mlu` is told holds for
 * the whole process. Measured, unless the agent's libraries say that they stand in for the vendor's: then emulated.
 */
export function agentBackend(options: AgentBackendOptions): AgentBackend {
  const { agent, models, scoredAt, openSession = openDeviceSession } = options;
  const name = scoredAt === undefined ? options.name : nameAtCore(options.name, scoredAt);
  const sessions: DeviceSession[] = [];
  const precisionOf = (told: string): string =>
    models.length === 0 && options.precision !== null ? options.precision : told;
  const describe = ({ description: { precision, ...told } }: DeviceSession): BackendDescription =>
    describeSession(
      name,
      { ...told, precision: precisionOf(precision) },
      {
        provenance: 'measured',
        timedOn: "the agent's machine, without the way to it",
        offlineModels: models.map(({ path, ...model }) => ({ file: basename(path), ...model })),
      },
    );
  const open = async (openOptions: OpenOptions & { readonly contexts: number }): Promise<DeviceSession> => {
    const session = await openSession(agent, specOf(options, openOptions));
    sessions.push(session);
    return session;
  };
  return {
    name,
    onCard: true,
    ...(scoredAt === undefined ? {} : { scoredAt }),
    ...(models.length > 0 ? { compiledFor: models } : {}),
    incidents: () => {
      const standIns = sessions.flatMap(({ description }) => description.standIn ?? []);
      const warnings = sessions.flatMap(({ description }) => description.warnings);
      const restarts = sessions.flatMap((session) => session.restarts);
      return [...new Set([...standIns, ...warnings]), ...restarts].map((sentence) => `${name}: ${sentence}`);
    },
    describe,
    openSession: open,
    async open(openOptions): Promise<Backend> {
      const session = await open({ ...openOptions, contexts: 1 });
      const description = describe(session);
      return {
        describe: () => description,
        infer: (batch) => session.infer(batch),
        saturation: () => [],
        close: () => session.close(),
      };
    },
  };
}

/** Whether a backend runs by an agent, which can measure several contexts at once. */
export function isAgentBackend(factory: BackendFactory): factory is AgentBackend {
  return 'openSession' in factory;
}

function specOf(
  { name, size, classes, coreVersion, checkpoint, models }: AgentBackendOptions,
  { coreNumber, batch = 1, contexts }: OpenOptions & { readonly contexts: number },
): SessionSpec {
  const compiled = { size, batch, coreNumber, coreVersion };
  if (name === 'mlu-online') return { kind: 'online', checkpoint: checkpoint!, ...compiled };
  const model = models.length > 0 ? modelFor(models, coreNumber, batch) : { exportFrom: checkpoint! };
  return { kind: 'offline', model, classes, contexts, ...compiled };
}

function modelFor(models: readonly CompiledModel[], coreNumber: number, batch: number): string {
  const model = models.find((one) => one.coreNumber === coreNumber && one.batch === batch);
  if (model) return model.path;
  throw new BackendError(
    `there is no offline model for core number ${coreNumber} and batch ${batch}, only ${listModels(models)}: ` +
      'add one to --mlu-offline model:, or give --quantized FILE with --mlu-offline agent to have it made',
  );
}
