import type { Tensor } from '../../reference/tensor.ts';
import type { Visit } from '../../reference/tune/index.ts';
import type { Provenance } from '../backends/backend.ts';

/** One way to run a network: what `tune` chooses among. */
export interface TunePoint {
  /** CPU threads, or cores of the card, of one inference. */
  readonly coreNumber: number;
  /** Images a request. */
  readonly batch: number;
  /** Inferences under way at the same time, each on cores of its own. */
  readonly contexts: number;
}

export interface TuneSourceDescription {
  readonly backend: string;
  readonly precision: string;
  readonly engine: string;
  readonly device: string;
  /** Cores of the device, or threads of the machine, that contexts share. */
  readonly cores: number;
  readonly outputProvenance: Provenance;
  readonly latencyProvenance: Provenance;
  /** Whether times are without noise, so that asking once is enough. */
  readonly exact: boolean;
}

export interface MeasureOptions {
  /** Requests of one visit, warm-up apart; a slow point may give fewer. */
  readonly requests: number;
  /** About how long the visit may take. */
  readonly seconds: number;
  readonly signal: AbortSignal;
}

/** Where times come from: threads of this machine, a card, or a model of one. */
export interface TuneSource {
  readonly points: readonly TunePoint[];
  describe(): TuneSourceDescription;
  /** @throws BackendError where the point cannot run; the others go on. */
  measure(point: TunePoint, options: MeasureOptions): Promise<Visit>;
  /**
   * The raw head output for the same first image at every point, NAC; may be reused by the next call. Absent where there
   * are no outputs.
   * @throws BackendError as `measure` does.
   */
  outputOf?(point: TunePoint): Promise<Tensor>;
  close(): Promise<void>;
}

/** Cores that all contexts of a point take together. */
export function coresTaken({ coreNumber, contexts }: TunePoint): number {
  return coreNumber * contexts;
}

/** Every core number with every batch size; `contextsOf` says how many contexts each core number is tried with. */
export function tunePoints(
  coreNumbers: readonly number[],
  batches: readonly number[],
  contextsOf: (coreNumber: number) => readonly number[],
): TunePoint[] {
  return coreNumbers.flatMap((coreNumber) =>
    batches.flatMap((batch) => contextsOf(coreNumber).map((contexts) => ({ coreNumber, batch, contexts }))),
  );
}
