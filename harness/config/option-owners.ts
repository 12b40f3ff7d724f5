import { MLU_BACKENDS } from './option-choices.ts';

export type BackendCommand = 'run' | 'bench' | 'tune';

/** How a backend that stands for a card comes to its figures. */
export type CardUse =
  /** Its arithmetic carried out here, as `run` has it without an agent. */
  | 'emulated'
  /** Its times alone, computed, as `bench` and `tune` have it without an agent. */
  | 'modelled'
  /** The card itself, through an agent. */
  | 'measured'
  /** What an agent recorded. */
  | 'replayed';

/** What a group of options belongs to. */
export interface OptionOwners {
  /** By their keys. */
  readonly options: readonly string[];
  /** Backends of this CPU that they change something of. */
  readonly cpu: readonly string[];
  /** Whether they change something of a card, by its use, or else why not. A use is absent where no command has it with these options. */
  readonly card: Readonly<Partial<Record<CardUse, true | string>>>;
  /** Commands in which the options are this; all of them where absent. */
  readonly commands?: readonly BackendCommand[];
}

const INTEGER = ['int16', 'int8'];
const NETWORKS = ['cpu-float', ...INTEGER];
const TIMED = [...NETWORKS, 'null'];

const UNMEASURED = 'the latency of a card is modelled, not measured';
const NO_SCALES = 'a modelled backend takes no scales';
const NO_PICTURE = 'a model looks at no picture';
const FROM_CHECKPOINT = 'a card takes its scales from a quantised checkpoint';
const RECORDED = 'what was recorded is as it was recorded';

/** An option that stands in no group has an effect with any backend. */
export const OPTION_OWNERS: readonly OptionOwners[] = [
  {
    options: ['card'],
    ...{ cpu: [], card: { emulated: true, modelled: true, measured: true, replayed: RECORDED } },
  },
  {
    options: ['activations', 'functions'],
    cpu: [],
    card: { emulated: true, modelled: true, measured: 'a card has its own', replayed: RECORDED },
  },
  {
    options: ['bits'],
    cpu: ['int16'],
    card: { emulated: true, modelled: true, measured: true, replayed: RECORDED },
  },
  {
    options: ['calibration', 'calibrationImages', 'headroom', 'percentile', 'perChannel'],
    cpu: INTEGER,
    card: { emulated: true, modelled: NO_SCALES, measured: FROM_CHECKPOINT, replayed: RECORDED },
  },
  {
    options: ['quantized'],
    ...{ cpu: INTEGER, card: { emulated: true, modelled: NO_SCALES, measured: true, replayed: true } },
  },
  {
    options: ['rounding'],
    cpu: INTEGER,
    card: { emulated: true, modelled: NO_SCALES, measured: 'a card rounds as it does', replayed: RECORDED },
  },
  {
    options: ['execution'],
    cpu: INTEGER,
    card: {
      emulated: 'an emulated card always runs exact',
      modelled: 'a modelled backend runs no convolution',
      measured: 'a card runs as it does',
      replayed: RECORDED,
    },
  },
  {
    options: ['engine'],
    cpu: NETWORKS,
    card: {
      emulated: 'an emulated card always runs on onnxruntime',
      modelled: 'a modelled backend runs on no engine',
      measured: 'a card runs on no engine of this machine',
      replayed: RECORDED,
    },
  },
  {
    options: ['agentTimeout'],
    ...{ cpu: [], card: { emulated: 'no agent runs it', modelled: 'no agent runs it', measured: true } },
  },
  {
    options: ['cores', 'batch'],
    ...{ cpu: TIMED, card: { emulated: true, modelled: true, measured: true, replayed: RECORDED } },
  },
  {
    options: ['scoreCore'],
    cpu: [],
    card: {
      emulated: 'an emulated card computes the same at every core number',
      measured: true,
      replayed: 'a recording has the outputs of one core number',
    },
  },
  {
    options: ['latencySamples', 'latencySeconds', 'maxSeconds'],
    cpu: TIMED,
    card: { emulated: UNMEASURED, modelled: UNMEASURED, measured: true, replayed: RECORDED },
  },
  {
    options: ['seed'],
    cpu: TIMED,
    card: { modelled: 'a model draws nothing at random', measured: true },
    commands: ['bench', 'tune'],
  },
  {
    options: ['image', 'dataset', 'split'],
    ...{ cpu: TIMED, card: { modelled: NO_PICTURE, measured: true }, commands: ['bench'] },
  },
  {
    options: ['legacy'],
    ...{ cpu: NETWORKS, card: { modelled: NO_PICTURE, measured: true }, commands: ['bench'] },
  },
  // Here it is of the calibration alone.
  {
    options: ['legacy'],
    ...{ cpu: INTEGER, card: { modelled: NO_SCALES, measured: FROM_CHECKPOINT }, commands: ['tune'] },
  },
  {
    options: ['objective', 'p99Limit'],
    cpu: TIMED,
    card: { modelled: 'a model has no percentiles', measured: true },
    commands: ['tune'],
  },
];

/** Those of an option in a command: names of backends, and why a card in a given use is not among them. */
export interface Owners {
  readonly cpu: readonly string[];
  readonly card: OptionOwners['card'];
}

/** @returns null where the option has an effect with any backend. */
export function ownersOf(command: BackendCommand, option: string): Owners | null {
  const group = OPTION_OWNERS.find(
    ({ options, commands }) => options.includes(option) && (commands?.includes(command) ?? true),
  );
  if (group === undefined) return null;
  // Only bench has a backend that does nothing.
  return { cpu: group.cpu.filter((name) => name !== 'null' || command === 'bench'), card: group.card };
}

/** Owners as a sentence names them; cards are left out where they own the option in none of these uses. */
export function namesOf({ cpu, card }: Owners, uses: readonly CardUse[]): string[] {
  const owning = uses.filter((use) => card[use] === true);
  if (owning.length === 0) return [...cpu];
  return [...cpu, ...MLU_BACKENDS];
}
