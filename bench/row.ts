/** A figure of one side of a row: a time, or memory. */
export interface Figure {
  readonly label: string;
  readonly unit: 'ms' | 'MB';
  /** Median of the samples. */
  readonly value: number;
  /** Least of the samples: what is left when nothing else disturbs the machine. */
  readonly least: number;
  readonly samples: number;
}

export interface Goal {
  /** What is held against the bound, e.g. `letterbox`. */
  readonly what: string;
  readonly measured: number;
  /** The same from the least samples. */
  readonly least: number;
  readonly allowed: number;
  readonly unit: 'ms' | 'ms/image' | '×';
}

/** What cannot be undercut on this machine, from the bytes or multiply–adds that the work needs. */
export interface Limit {
  readonly what: string;
  readonly milliseconds: number;
}

export interface Measured {
  readonly state: 'measured';
  readonly ours: Figure;
  readonly against: Figure;
  /** How the two sides were found equal before they were timed. */
  readonly checked: string;
  readonly limit?: Limit;
  readonly goal?: Goal;
}

export interface Skipped {
  readonly state: 'skipped';
  readonly reason: string;
}

export type RowResult = Measured | Skipped;

export interface Row {
  readonly name: string;
  /** What is compared, in one line. */
  readonly title: string;
  /** @throws Error when the two sides do not give the same: then no time means anything. */
  run(machine: Machine): Promise<RowResult>;
}

/** What this machine can do, measured in the same run. */
export interface Machine {
  /** Bytes read and written together, a second, copying arrays of a few MB. */
  readonly copyBytesPerSecond: number;
  /** Multiply–adds a second of one thread in ONNX Runtime's matrix product, measured when first asked for. */
  multiplyAddsPerSecond(): Promise<number>;
}

/** Ours divided by what it is held against: below 1 is faster. */
export const ratioOf = ({ ours, against }: Measured): number => ours.value / against.value;

export type Verdict = 'pass' | 'FAIL' | 'busy';

/**
 * Whether the median meets the goal; `busy` where only the least samples do and the machine had more to do than it has
 * cores, so that the row must be run again when it is quiet.
 */
export function verdictOf({ measured, least, allowed }: Goal, load: number, cores: number): Verdict {
  if (measured <= allowed) return 'pass';
  return least <= allowed && load > cores ? 'busy' : 'FAIL';
}
