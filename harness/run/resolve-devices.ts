import { flagOf } from '../config/flag-of.ts';
import { MLU_BACKENDS, type MluBackendName } from '../config/option-choices.ts';
import type { BackendCommand, CardUse } from '../config/option-owners.ts';
import type { CardUses } from '../config/refuse-idle.ts';
import type { RunConfig } from '../config/run-config.ts';
import { UsageError } from '../errors.ts';

/** Where a backend that stands for a card runs. */
export type DeviceSource =
  /** Here; where only times are asked for, a model of the card. */
  | { readonly kind: 'emulated' }
  /** On the card, by an agent. */
  | {
      readonly kind: 'agent';
      /** Offline models of `mlu-offline`, one for each core number and batch; none = the agent makes them of the checkpoint. */
      readonly models: readonly string[];
    }
  /** It ran before: a folder that an agent recorded. */
  | { readonly kind: 'bundle'; readonly folder: string };

export type DeviceSources = Readonly<Record<MluBackendName, DeviceSource>>;

/** How the agent is reached. */
export interface AgentChoice {
  readonly command: string;
  /** Bound on one request and on the first word; null for what the agent's client has for each kind. */
  readonly timeoutSeconds: number | null;
}

const OPTIONS = { 'mlu-online': 'mluOnline', 'mlu-offline': 'mluOffline' } as const;

const USES: Record<DeviceSource['kind'], (command: BackendCommand) => CardUse> = {
  emulated: (command) => (command === 'run' ? 'emulated' : 'modelled'),
  agent: () => 'measured',
  bundle: () => 'replayed',
};

/**
 * Where each card is, from the options: with an agent on the card, without one emulated, if nothing else is said.
 * @throws UsageError for a place that there is not, and for an option of a backend that is not named.
 */
export function resolveDevices(
  command: BackendCommand,
  config: Pick<RunConfig, 'agent' | 'agentTimeout' | 'mluOnline' | 'mluOffline'>,
  backends: readonly string[],
): { readonly agent: AgentChoice | null; readonly devices: DeviceSources; readonly uses: CardUses } {
  const devices = {
    'mlu-online': resolveDevice('mlu-online', command, config, backends),
    'mlu-offline': resolveDevice('mlu-offline', command, config, backends),
  };
  const named = MLU_BACKENDS.filter((name) => backends.includes(name));
  if (config.agent !== undefined && !named.some((name) => devices[name].kind === 'agent')) {
    const fix =
      named.length > 0
        ? `${named.map((name) => flagOf(OPTIONS[name], config[OPTIONS[name]])).join(' and ')} takes its place: leave out one of the two`
        : `it runs mlu-online and mlu-offline, and ${command === 'tune' ? '--backend' : '--backends'} names neither: add one of them`;
    throw new UsageError(`--agent has no effect: ${fix}`);
  }
  return {
    agent:
      config.agent === undefined
        ? null
        : { command: config.agent, timeoutSeconds: config.agentTimeout ?? null },
    devices,
    uses: Object.fromEntries(named.map((name) => [name, USES[devices[name].kind](command)])),
  };
}

function resolveDevice(
  name: MluBackendName,
  command: BackendCommand,
  config: Pick<RunConfig, 'agent' | 'mluOnline' | 'mluOffline'>,
  backends: readonly string[],
): DeviceSource {
  const option = OPTIONS[name];
  const value = config[option];
  if (value === undefined)
    return config.agent === undefined ? { kind: 'emulated' } : { kind: 'agent', models: [] };
  const flag = flagOf(option, value);
  if (!backends.includes(name)) {
    throw new UsageError(
      `${flag} has no effect: ${command === 'tune' ? `--backend is ${backends.join()}` : `--backends does not name ${name}`}; leave it out, or add the backend`,
    );
  }
  const [, kind, rest] = /^(agent|emulated|bundle|model)(?::(.+))?$/.exec(value) ?? [];
  if ((kind === 'agent' || kind === 'model') && config.agent === undefined) {
    throw new UsageError(
      `${flag} needs --agent, the command that starts the agent, as --agent 'ssh host python3 agent'`,
    );
  }
  if (kind === 'emulated' && rest === undefined) return { kind };
  if (kind === 'agent' && rest === undefined) return { kind, models: [] };
  if (kind === 'bundle' && rest !== undefined && command === 'run') return { kind, folder: rest };
  if (kind === 'model' && rest !== undefined && name === 'mlu-offline') {
    const models = rest.split(',').map((file) => file.trim());
    if (models.includes('')) {
      throw new UsageError(`${flag} has an empty entry: separate the files by single commas`);
    }
    return { kind: 'agent', models };
  }
  const choices = ['agent', 'emulated', ...(command === 'run' ? ['bundle:DIR'] : [])];
  if (name === 'mlu-offline') choices.push('model:FILE');
  throw new UsageError(`${flag} is no place for ${name} to run at: give ${choices.join(', ')}`);
}
