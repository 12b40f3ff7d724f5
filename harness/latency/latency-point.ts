import { availableParallelism } from 'node:os';
import { belowFloor } from '../../reference/device/index.ts';
import {
  compareHalves,
  type LatencySummary,
  seriesMedian,
  summarizeLatency,
} from '../../reference/statistics/index.ts';
import { formatPercent } from '../../reports/format-loss.ts';
import type { LatencyPoint, LatencySeries, OutputAgreement } from '../../reports/record/index.ts';
import type { BackendDescription } from '../backends/backend.ts';
import type { LatencySamples } from './point-timer.ts';
import { mismatchSentence } from './timed-output-check.ts';

export interface PointSurroundings {
  readonly output: OutputAgreement;
  readonly timerResolutionMs: number | null;
  /** The least time that the device leaves an inference. */
  readonly floorMs: number | null;
  /** Samples that were asked for, where a stop kept the point from its end; null where it came to it. */
  readonly samplesAsked: number | null;
}

/** Samples of one backend at one core number and batch, as the record keeps them. */
export function latencyPoint(
  description: BackendDescription,
  { coreNumber: askedCoreNumber, batch }: { readonly coreNumber: number; readonly batch: number },
  samples: LatencySamples,
  surroundings: PointSurroundings,
): LatencyPoint {
  const host = latencySeries(samples.host, batch);
  const device = samples.device && latencySeries(samples.device, batch);
  const { output, timerResolutionMs, floorMs } = surroundings;
  return {
    coreNumber: description.coreNumber,
    askedCoreNumber,
    batch,
    provenance: description.latencyProvenance,
    warmUpMs: [...samples.warmUp],
    host,
    device,
    turns: samples.turns,
    timerResolutionMs,
    output,
    floorMs,
    modelled: null,
    notes: [
      ...coreNotes(description, askedCoreNumber),
      ...turnNotes(samples, surroundings.samplesAsked),
      ...steadinessNotes(host),
      ...timerNotes(host, timerResolutionMs),
      ...floorNotes(device ?? host, floorMs),
      mismatchSentence(output),
    ].filter((note) => note !== null),
  };
}

/** By batch and core number: interleaved points finish in an order that chance decides. */
export function inOrder(points: readonly LatencyPoint[]): LatencyPoint[] {
  return [...points].sort((a, b) => a.batch - b.batch || a.askedCoreNumber - b.askedCoreNumber);
}

function latencySeries(samples: readonly number[], batch: number): LatencySeries {
  const summary = summarizeLatency(samples, batch);
  const { interval, effectiveSamples } = seriesMedian(samples);
  return {
    samples: summary.count,
    minMs: summary.min,
    meanMs: summary.mean,
    sdMs: summary.standardDeviation,
    p50Ms: summary.p50,
    p50IntervalMs: interval && [interval.low, interval.high],
    p90Ms: summary.p90.milliseconds,
    p95Ms: summary.p95.milliseconds,
    p99Ms: summary.p99.milliseconds,
    imagesPerSecond: summary.throughput,
    withheld: withheldReasons(summary),
    samplesMs: [...samples],
    outliers: { count: summary.outliers.count, aboveMs: summary.outliers.fence },
    secondHalf: compareHalves(samples),
    effectiveSamples,
  };
}

function withheldReasons(summary: LatencySummary): string[] {
  return (['p90', 'p95', 'p99'] as const)
    .filter((name) => summary[name].milliseconds === null)
    .map((name) => `${name} needs ${summary[name].samplesNeeded} samples`);
}

function coreNotes({ coreNumber, device }: BackendDescription, asked: number): string[] {
  const notes: string[] = [];
  if (coreNumber !== asked) {
    notes.push(
      device === 'CPU'
        ? `${asked} threads were asked for, the engine ran with ${coreNumber}`
        : `${asked} cores were asked for, the device ran with ${coreNumber}`,
    );
  }
  if (device === 'CPU' && coreNumber > availableParallelism()) {
    notes.push(
      `${coreNumber} threads share the ${availableParallelism()} cores of this machine, and wait for each other`,
    );
  }
  return notes;
}

function turnNotes(
  { host, turns, unsettledTurns, singleTurn }: LatencySamples,
  asked: number | null,
): string[] {
  const notes: string[] = [];
  if (asked !== null) notes.push(`stopped after ${host.length} of ${asked} samples`);
  if (singleTurn) {
    notes.push('so slow that it was timed in one go, and not in turns with the others');
  }
  if (unsettledTurns > 0) {
    notes.push(
      `in ${unsettledTurns} of ${turns} turns the times were not steady by the middle: the warm-up was longer than half, or something else ran`,
    );
  }
  return notes;
}

/**
 * Halves that are as far apart as this, and by a share that matters. Chance does that in a thousandth of series of independent
 * samples, and in a hundredth of those in which each tells half of the next one: how much they do so is an estimate.
 */
const HALVES_Z = 3.29;
const HALVES_CHANGE = 0.02;
/** Independent samples keep more than this of their number in nearly every series. */
const EFFECTIVE_SHARE = 0.5;

function steadinessNotes({ samples, secondHalf, effectiveSamples, p50IntervalMs }: LatencySeries): string[] {
  const notes: string[] = [];
  if (secondHalf && Math.abs(secondHalf.z) > HALVES_Z && Math.abs(secondHalf.change) > HALVES_CHANGE) {
    notes.push(
      `the second half of the samples is ${formatPercent(Math.abs(secondHalf.change))} % ${secondHalf.change > 0 ? 'slower' : 'faster'} than the first: the machine drifted`,
    );
  }
  if (effectiveSamples !== null && effectiveSamples < EFFECTIVE_SHARE * samples) {
    notes.push(
      `the samples tell of each other and are worth ${effectiveSamples.toFixed(0)} independent ones, ${p50IntervalMs ? 'for which the interval is made' : 'too few for an interval'}`,
    );
  }
  return notes;
}

/** A median below this many steps of the clock is rounded by more than 5 %. */
const FEWEST_STEPS = 20;

function timerNotes({ p50Ms }: LatencySeries, resolution: number | null): string[] {
  if (resolution === null || p50Ms >= FEWEST_STEPS * resolution) return [];
  return [
    `the clock steps by ${resolution.toPrecision(2)} ms, too coarse for a median of ${p50Ms.toPrecision(2)} ms`,
  ];
}

/** Only times of the device itself or of a wait for it are held against its floor. */
function floorNotes({ p50Ms }: LatencySeries, floorMs: number | null): (string | null)[] {
  return floorMs === null ? [] : [belowFloor(p50Ms, floorMs)];
}
