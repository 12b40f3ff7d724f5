import {
  ASSUMED_SYNCHRONISATION,
  CARDS,
  cardNamedIn,
  computeFloorMs,
  layerWork,
  modelLatency,
  type Synchronisation,
} from '../../reference/device/index.ts';
import type { Graph } from '../../reference/network/index.ts';
import type { PixelSize } from '../../reference/preprocess/index.ts';
import type { LatencyPoint } from '../../reports/record/index.ts';
import type { BackendDescription } from '../backends/backend.ts';
import type { CardChoice } from './card-choice.ts';

export interface ModelledPointOptions {
  /** Of the integers that convolutions run on. */
  readonly bits: 8 | 16;
  /** Of an activation in the card's memory: 4 for float32, 2 for float16. */
  readonly activationBytes: 2 | 4;
  /** True for an offline model, false for the port operator by operator. */
  readonly fused: boolean;
  /** Of a fit to measured points; the assumed one where absent. */
  readonly synchronisation?: Synchronisation;
}

/**
 * Latency of a network on a card that is not there, at each core number and batch: computed from the card's peaks, modelled
 * in every record and table. It is time on the device; copies from and to the host are left out.
 * @param graph as the official source has it, nothing folded: an online port runs its batch norms.
 * @throws RangeError for a core number that the card does not have.
 */
export function modelledPoints(
  graph: Graph,
  size: PixelSize,
  { name, cores }: CardChoice,
  batches: readonly number[],
  options: ModelledPointOptions,
): LatencyPoint[] {
  const { bits, activationBytes, fused } = options;
  const card = CARDS[name];
  const synchronisation = options.synchronisation ?? ASSUMED_SYNCHRONISATION[fused ? 'offline' : 'online'];
  const work = layerWork(graph, { size: [size.height, size.width], fused });
  return cores.flatMap((coreNumber) =>
    batches.map((batch): LatencyPoint => {
      const model = modelLatency(work, card, {
        ...{ cores: coreNumber, batch, bits, activationBytes, synchronisation },
      });
      const { milliseconds, floorMs, ...parts } = model;
      return {
        coreNumber,
        askedCoreNumber: coreNumber,
        batch,
        provenance: 'modelled',
        warmUpMs: [],
        host: null,
        device: {
          samples: 0,
          minMs: milliseconds,
          meanMs: milliseconds,
          sdMs: null,
          p50Ms: milliseconds,
          p50IntervalMs: null,
          p90Ms: null,
          p95Ms: null,
          p99Ms: null,
          imagesPerSecond: (1000 * batch) / milliseconds,
          withheld: ['a model has no percentiles'],
          samplesMs: [],
          outliers: null,
          secondHalf: null,
          effectiveSamples: null,
        },
        turns: 0,
        timerResolutionMs: null,
        output: null,
        floorMs,
        modelled: { card: card.name, bits, activationBytes, fused, ...synchronisation, ...parts },
        notes: [],
      };
    }),
  );
}

/**
 * The compute floor of what a backend says that it is: a card in its device, integers in its precision. Null for a CPU, for
 * float networks, which do not run on the matrix unit's integers, and for core numbers that the card does not have.
 */
export function floorOf(
  graph: Graph,
  size: PixelSize,
): (description: BackendDescription, batch: number) => number | null {
  const work = layerWork(graph, { size: [size.height, size.width], fused: true });
  return ({ device, precision, coreNumber }, batch) => {
    const card = cardNamedIn(device);
    const bits = /^int(8|16)\b/.exec(precision)?.[1];
    if (card === null || bits === undefined || coreNumber > card.cores) return null;
    return computeFloorMs(work, card, { cores: coreNumber, batch, bits: bits === '8' ? 8 : 16 });
  };
}
