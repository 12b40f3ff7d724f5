import {
  ASSUMED_SYNCHRONISATION,
  CARDS,
  type Card,
  type CardName,
  layerWork,
  type ModelledLatency,
  modelLatency,
  type Synchronisation,
} from '../../reference/device/index.ts';
import type { Graph } from '../../reference/network/index.ts';
import type { PixelSize } from '../../reference/preprocess/index.ts';
import type { BackendDescription } from '../backends/backend.ts';
import type { DeviceNumerics } from '../backends/emulated-mlu-graph.ts';
import type { MluBackendName } from '../config/option-choices.ts';

/** What is modelled of a network on a card. */
export interface ModelledCardOptions {
  readonly name: MluBackendName;
  readonly card: CardName;
  /** Of the integers that convolutions run on. */
  readonly bits: 8 | 16;
  readonly activations: DeviceNumerics['activations'];
  /** Of a fit to measured points; the assumed one where absent. */
  readonly synchronisation?: Synchronisation;
}

/** A network on a card that is not there: what it is called, and what it would take. */
export interface ModelledCard {
  readonly description: Omit<BackendDescription, 'coreNumber' | 'decoded'>;
  readonly card: Card;
  /** What its latencies were computed with, as a point of the record has it. */
  readonly assumptions: {
    readonly card: string;
    readonly bits: 8 | 16;
    readonly activationBytes: 2 | 4;
    readonly fused: boolean;
  } & Synchronisation;
  /**
   * Time on the device; copies from and to the host are left out.
   * @throws RangeError for core numbers or contexts that the card does not have.
   */
  latencyOf(point: {
    readonly coreNumber: number;
    readonly batch: number;
    readonly contexts?: number;
  }): ModelledLatency;
}

/**
 * The model of `reference/device` for a backend that stands for a card: offline one fused launch, online a launch for each
 * operator.
 * @param graph as the official source has it, nothing folded: an online port runs its batch norms.
 */
export function modelledCard(graph: Graph, size: PixelSize, options: ModelledCardOptions): ModelledCard {
  const { name, bits, activations } = options;
  const card = CARDS[options.card];
  const fused = name === 'mlu-offline';
  const work = layerWork(graph, { size: [size.height, size.width], fused });
  const activationBytes = activations === 'float16' ? 2 : 4;
  const synchronisation = options.synchronisation ?? ASSUMED_SYNCHRONISATION[fused ? 'offline' : 'online'];
  return {
    card,
    description: {
      name,
      precision: `int${bits} with ${activations} activations`,
      engine: fused ? 'model of one fused launch' : 'model of a launch for each operator',
      device: card.name,
      outputProvenance: 'modelled',
      latencyProvenance: 'modelled',
    },
    assumptions: { card: card.name, bits, activationBytes, fused, ...synchronisation },
    latencyOf: ({ coreNumber: cores, ...point }) =>
      modelLatency(work, card, { ...point, cores, bits, activationBytes, synchronisation }),
  };
}
