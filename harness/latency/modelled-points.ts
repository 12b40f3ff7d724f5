import { cardNamedIn, computeFloorMs, layerWork } from '../../reference/device/index.ts';
import type { Graph } from '../../reference/network/index.ts';
import type { PixelSize } from '../../reference/preprocess/index.ts';
import type { LatencyPoint } from '../../reports/record/index.ts';
import type { BackendDescription } from '../backends/backend.ts';
import type { ModelledCard } from './modelled-card.ts';

/**
 * Latency on a card that is not there, at each core number and batch: computed from the card's peaks, modelled in every
 * record and table.
 * @throws RangeError for a core number that the card does not have.
 */
export function modelledPoints(
  { latencyOf, assumptions }: ModelledCard,
  cores: readonly number[],
  batches: readonly number[],
): LatencyPoint[] {
  return cores.flatMap((coreNumber) =>
    batches.map((batch): LatencyPoint => {
      const { milliseconds, floorMs, ...parts } = latencyOf({ coreNumber, batch });
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
        modelled: { ...assumptions, ...parts },
        notes: [],
      };
    }),
  );
}

/**
 * The compute floor of what a backend says that it is: a card in its device, integers in its precision. Null for a CPU, also
 * one that stands in for a card, for float networks, which do not run on the matrix unit's integers, and for core numbers
 * that the card does not have.
 */
export function floorOf(
  graph: Graph,
  size: PixelSize,
): (description: BackendDescription, batch: number) => number | null {
  const work = layerWork(graph, { size: [size.height, size.width], fused: true });
  return ({ device, precision, coreNumber, latencyProvenance }, batch) => {
    // What stands in for a card names it, and runs on a CPU.
    const card = latencyProvenance === 'emulated' ? null : cardNamedIn(device);
    const bits = /^int(8|16)\b/.exec(precision)?.[1];
    if (card === null || bits === undefined || coreNumber > card.cores) return null;
    return computeFloorMs(work, card, { cores: coreNumber, batch, bits: bits === '8' ? 8 : 16 });
  };
}
