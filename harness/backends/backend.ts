import type { Tensor } from '../../reference/tensor.ts';
import type { LayerSaturation } from '../engines/engine.ts';

/** Where a figure comes from; it stands beside the figure wherever that is shown. */
export type Provenance =
  /** Ran here. */
  | 'measured'
  /** Recorded on a device, read back here. */
  | 'replayed'
  /** Device arithmetic carried out on the CPU. */
  | 'emulated'
  /** Computed from a formula. */
  | 'modelled';

/** What an emulated card was taken to do, where the vendor does not say it or leaves a choice. */
export interface Emulation {
  /** Type of the values between operators in the card's memory. */
  readonly activations: 'float32' | 'float16';
  /** Where values go to memory and are rounded to that type. */
  readonly roundedAfter: string;
  /** `exact`, or the tables that sigmoid and exponential were taken from. */
  readonly functions: string;
  /** Form of the decode on the card. */
  readonly decode: string;
  /** Axes of the output in the card's memory. */
  readonly outputLayout: string;
}

export interface OfflineModelRecord {
  readonly coreNumber: number;
  readonly batch: number;
  readonly file: string;
  readonly sha256: string;
}

export interface BackendDescription {
  readonly name: string;
  /** `float32`, `int16 exact`, `int8 fast` … */
  readonly precision: string;
  readonly engine: string;
  readonly device: string;
  /** CPU threads, or cores of the card, that one inference uses. */
  readonly coreNumber: number;
  /** Whether the boxes that `infer` returns are decoded already. */
  readonly decoded: boolean;
  /** Of the outputs, and so of every accuracy figure. */
  readonly outputProvenance: Provenance;
  /** Where times were taken, if not here. */
  readonly timedOn?: string;
  /**
   * Of the times. An emulation's time is measured, but it is the time of the emulation; where it would be taken for that of a
   * card, times are `modelled` and the backend itself is not timed.
   */
  readonly latencyProvenance: Provenance;
  /** What a device says of itself beyond that, as its library and the form of its output; absent for none. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** Offline models that were given; absent where none were. */
  readonly offlineModels?: readonly OfflineModelRecord[];
  /** The quantised checkpoint that a recording was made from; absent where it was made from none, and for all that runs here. */
  readonly recordedFrom?: { readonly file: string; readonly sha256: string };
  /** Present where a card was emulated. */
  readonly emulation?: Emulation;
}

export interface Inference {
  /** NAC `[batch, anchors, 5 + classes]`; may be reused by the next call: copy to keep. */
  readonly output: Tensor;
  /** Time on the device itself, copies apart, where the backend can tell. */
  readonly deviceMilliseconds?: number;
  /** Time as the device's own host took it, where a link lies between: the link is left out. */
  readonly hostMilliseconds?: number;
}

export interface Backend {
  /** Whether it has no outputs but those that were recorded, so that it cannot be asked what another input would give. */
  readonly recordedOnly?: boolean;
  describe(): BackendDescription;
  infer(batch: Tensor): Promise<Inference>;
  /** Clamped inputs of each quantised convolution so far; empty for a backend without any, or opened for latency. */
  saturation(): readonly LayerSaturation[];
  close(): Promise<void>;
}

export interface OpenOptions {
  /** CPU threads, or cores of the card, for one inference. */
  readonly coreNumber: number;
  /** `latency` leaves out whatever the figures of accuracy need and time should not hold. */
  readonly purpose: 'accuracy' | 'latency';
  /** Images of each request to come; a backend whose batch is fixed takes no others. 1 where absent. */
  readonly batch?: number;
}

/** A backend that has its weights and scales, ready to be opened any number of times. */
export interface BackendFactory {
  readonly name: string;
  /** Whether it runs on a card: its core numbers are then the card's. */
  readonly onCard?: boolean;
  /** The core number that its outputs are scored at; one that is the same for all of the run where absent. It is not timed. */
  readonly scoredAt?: number;
  /** The only core numbers and batches that it can be opened at; any where absent. */
  readonly compiledFor?: readonly { readonly coreNumber: number; readonly batch: number }[];
  /** What has happened so far that who reads the figures has to know, as a restart; absent where nothing can. */
  incidents?(): readonly string[];
  open(options: OpenOptions): Promise<Backend>;
}
