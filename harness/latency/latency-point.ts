import { type LatencySummary, summarizeLatency } from '../../reference/statistics/index.ts';
import type { LatencyPoint, LatencySeries } from '../../reports/record/index.ts';
import type { BackendDescription } from '../backends/backend.ts';
import type { LatencySamples } from './measure-latency.ts';

/** Samples of one backend at one core number, as the record keeps them. */
export function latencyPoint(
  description: BackendDescription,
  askedCoreNumber: number,
  batch: number,
  samples: LatencySamples,
): LatencyPoint {
  const notes: string[] = [];
  if (description.coreNumber !== askedCoreNumber) {
    notes.push(`${askedCoreNumber} threads were asked for, the engine ran with ${description.coreNumber}`);
  }
  return {
    coreNumber: description.coreNumber,
    askedCoreNumber,
    batch,
    provenance: description.latencyProvenance,
    warmUpMs: [...samples.warmUp],
    host: latencySeries(samples.host, batch),
    device: samples.device && latencySeries(samples.device, batch),
    notes,
  };
}

function latencySeries(samples: readonly number[], batch: number): LatencySeries {
  const summary = summarizeLatency(samples, batch);
  return {
    samples: summary.count,
    minMs: summary.min,
    meanMs: summary.mean,
    sdMs: summary.standardDeviation,
    p50Ms: summary.p50,
    p50IntervalMs: summary.p50Interval && [summary.p50Interval.low, summary.p50Interval.high],
    p90Ms: summary.p90.milliseconds,
    p95Ms: summary.p95.milliseconds,
    p99Ms: summary.p99.milliseconds,
    imagesPerSecond: summary.throughput,
    withheld: withheldReasons(summary),
  };
}

function withheldReasons(summary: LatencySummary): string[] {
  return (['p90', 'p95', 'p99'] as const)
    .filter((name) => summary[name].milliseconds === null)
    .map((name) => `${name} needs ${summary[name].samplesNeeded} samples`);
}
