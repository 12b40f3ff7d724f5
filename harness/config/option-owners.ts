import { MLU_BACKENDS } from './option-choices.ts';

export type BackendCommand = 'run' | 'bench' | 'tune';

/** What a group of options belongs to. */
export interface OptionOwners {
  /** By their keys. */
  readonly options: readonly string[];
  /** Backends of this CPU that they change something of. */
  readonly cpu: readonly string[];
  /** Whether they change something of a card as `run` has it, emulated; or else why not. Absent where `run` has no such option. */
  readonly emulated?: true | string;
  /** The same of a card as `bench` and `tune` have it, modelled alone. */
  readonly modelled: true | string;
  /** Commands in which the options are this; all of them where absent. */
  readonly commands?: readonly BackendCommand[];
}

const INTEGER = ['int16', 'int8'];
const NETWORKS = ['cpu-float', ...INTEGER];
const TIMED = [...NETWORKS, 'null'];

const UNMEASURED = 'the latency of a card is modelled, not measured';
const NO_SCALES = 'a modelled backend takes no scales';
const NO_PICTURE = 'a model looks at no picture';

/** An option that stands in no group has an effect with any backend. */
export const OPTION_OWNERS: readonly OptionOwners[] = [
  { options: ['card', 'activations', 'functions'], cpu: [], emulated: true, modelled: true },
  { options: ['bits'], cpu: ['int16'], emulated: true, modelled: true },
  {
    options: [
      ...['calibration', 'calibrationImages', 'headroom', 'percentile', 'perChannel'],
      ...['quantized', 'rounding'],
    ],
    ...{ cpu: INTEGER, emulated: true, modelled: NO_SCALES },
  },
  {
    options: ['execution'],
    cpu: INTEGER,
    emulated: 'an emulated card always runs exact',
    modelled: 'a modelled backend runs no convolution',
  },
  {
    options: ['engine'],
    cpu: NETWORKS,
    emulated: 'an emulated card always runs on onnxruntime',
    modelled: 'a modelled backend runs on no engine',
  },
  {
    options: ['latencySamples', 'latencySeconds', 'maxSeconds'],
    ...{ cpu: TIMED, emulated: UNMEASURED, modelled: UNMEASURED },
  },
  {
    options: ['seed'],
    ...{ cpu: TIMED, modelled: 'a model draws nothing at random', commands: ['bench', 'tune'] },
  },
  { options: ['image', 'dataset', 'split'], cpu: TIMED, modelled: NO_PICTURE, commands: ['bench'] },
  { options: ['legacy'], cpu: NETWORKS, modelled: NO_PICTURE, commands: ['bench'] },
  // Here it is of the calibration alone.
  { options: ['legacy'], cpu: INTEGER, modelled: NO_SCALES, commands: ['tune'] },
  {
    options: ['objective', 'p99Limit'],
    ...{ cpu: TIMED, modelled: 'a model has no percentiles', commands: ['tune'] },
  },
];

/**
 * The backends that an option changes something of in a command.
 * @returns null where it has an effect with any of them; else the names, and why cards are not among them, if so.
 */
export function ownersOf(
  command: BackendCommand,
  option: string,
): { readonly names: readonly string[]; readonly whyNoCard: string | null } | null {
  const group = OPTION_OWNERS.find(
    ({ options, commands }) => options.includes(option) && (commands?.includes(command) ?? true),
  );
  if (group === undefined) return null;
  const ofCards = (command === 'run' ? group.emulated : group.modelled) ?? true;
  // Only bench has a backend that does nothing.
  const cpu = group.cpu.filter((name) => name !== 'null' || command === 'bench');
  return ofCards === true
    ? { names: [...cpu, ...MLU_BACKENDS], whyNoCard: null }
    : { names: cpu, whyNoCard: ofCards };
}
