import { createRandom } from '../../reference/random.ts';
import { float32Tensor, type Tensor } from '../../reference/tensor.ts';
import type { LatencyPoint } from '../../reports/record/index.ts';
import type { BackendDescription, BackendFactory } from '../backends/backend.ts';
import { BackendError } from '../errors.ts';
import type { Progress } from '../terminal/progress.ts';
import { type Clock, clockResolution, systemClock } from './clock.ts';
import { latencyPoint } from './latency-point.ts';
import { MINIMUM_SAMPLES, PointTimer } from './point-timer.ts';
import { mismatchSentence, TimedOutputCheck } from './timed-output-check.ts';

/** A backend to time, at its core numbers. */
export interface SweepTarget {
  readonly factory: BackendFactory;
  readonly cores: readonly number[];
  /** Of the session whose outputs are the expected ones. */
  readonly scoredCoreNumber: number;
  /** What was timed before and is not timed again; absent = nothing. */
  readonly timed?: readonly LatencyPoint[];
}

export interface SweepOptions {
  readonly batches: readonly number[];
  readonly samples: number;
  readonly seconds: number;
  /** Of the order of the points within a round. */
  readonly seed: number;
  /** The least time that a device leaves such an inference; null where none is known. */
  readonly floorMs: (description: BackendDescription, batch: number) => number | null;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly clock?: Clock;
}

export interface LatencyResults {
  /**
   * Called with each point as soon as it is there; with those that were begun when the signal was given, too. Nothing is
   * timed until it is done.
   * @param whole whether it has all of its samples.
   */
  keep(backend: BackendDescription, point: LatencyPoint, whole: boolean): void | Promise<void>;
  /** Called with the sentence when a point fails; the other points go on. */
  failed(backend: string, reason: string): void;
  /** Called with a sentence about a point whose figures are there but cannot be trusted; awaited. */
  warn(sentence: string): unknown;
}

const MOST_ROUNDS = 6;

/** Fewer samples in a turn would not show where its warm-up ends. */
const LEAST_SAMPLES_A_TURN = 10;

/**
 * Times each backend at each core number and batch, in rounds: every point takes its part of the samples in each round, in an
 * order drawn at random for the odd rounds and turned round for the even ones, so that a machine that grows slower or
 * faster meanwhile favours none of them.
 *
 * A point is opened for its turn and closed after it; never are two sessions open at once. ONNX Runtime's idle threads spin
 * for a while in wait of the next request: with four sessions open side by side on two cores the p50 of YOLOX-nano at
 * 416 on two threads rose from 3.5 ms to as much as 10 ms. Its option that forbids spinning makes sessions bearable
 * side by side but each of them slower, 5.6 ms, and so does the one that stops it between runs: that would be measuring
 * what nobody deploys. Opening again costs 20 ms and two inferences a turn, and memory stays that of one session.
 *
 * Each output is held against what a session opened for accuracy gives for the same images one by one, so that core numbers
 * and batches are checked against each other too.
 * @param images NCHW `[1, 3, height, width]` each, `imagesNeeded` of them or fewer; a batch that is longer starts again.
 */
export async function latencySweep(
  asked: readonly SweepTarget[],
  images: readonly Tensor[],
  options: SweepOptions,
  results: LatencyResults,
): Promise<void> {
  const { batches, progress, signal, clock = systemClock } = options;
  const targets = asked
    .map((target) => ({ target, left: pointsLeft(target, batches) }))
    .filter(({ left }) => left.length > 0);
  if (targets.length === 0) return;
  const random = createRandom(options.seed);
  const resolution = clockResolution(clock);
  const rounds = roundsOf(options.samples);
  const keep = async (point: PointTimer): Promise<void> => {
    const output = point.agreement();
    const finished = latencyPoint(point.description!, point, point.samples(), {
      output,
      timerResolutionMs: resolution,
      floorMs: options.floorMs(point.description!, point.batch),
      samplesAsked: point.finished ? null : options.samples,
    });
    const mismatch = mismatchSentence(output);
    if (mismatch !== null) await results.warn(`${nameOf(point)}: ${mismatch}`);
    await results.keep(point.description!, finished, point.finished);
  };

  // One step more for the scored outputs of each backend, which may take as long as a turn.
  const steps = targets.map(({ left }) => 1 + left.length * rounds);
  progress.start(
    'latency turns',
    steps.reduce((sum, count) => sum + count, 0),
  );
  const open = new Set<PointTimer>();
  let order: PointTimer[] = [];
  try {
    for (const { target, left } of targets) {
      const expected = await outputsOf(target, images.slice(0, imagesNeeded(batches)), options, results);
      progress.advance();
      if (expected === null) continue;
      for (const point of left) {
        const check = new TimedOutputCheck(expected);
        open.add(new PointTimer(target.factory, check, { ...options, clock, ...point }));
      }
    }
    for (let round = 0; round < rounds; round++) {
      order = round % 2 === 0 ? random.shuffle([...open]) : order.reverse();
      for (const point of order) {
        if (!open.has(point)) continue;
        signal.throwIfAborted();
        try {
          await point.takeTurn(batchOf(images.slice(0, imagesNeeded(batches)), point.batch), rounds - round);
        } catch (error) {
          if (!(error instanceof BackendError)) throw error;
          open.delete(point);
          results.failed(
            point.factory.name,
            `the backend ${nameOf(point)} failed while it was timed: ${error.message}`,
          );
        }
        progress.advance();
        if (point.finished && open.delete(point)) await keep(point);
        for (let turn = round + 1; turn < rounds && !open.has(point); turn++) progress.advance();
      }
    }
  } finally {
    // Only a stop leaves points open. What they have is worth as much as it would be of a run with a smaller budget.
    for (const point of open) if (point.samples().host.length >= MINIMUM_SAMPLES) await keep(point);
    progress.stop();
  }
}

/** Core number by core number, what was not timed before. */
function pointsLeft(
  { cores, timed = [] }: SweepTarget,
  batches: readonly number[],
): { readonly coreNumber: number; readonly batch: number }[] {
  return cores
    .flatMap((coreNumber) => batches.map((batch) => ({ coreNumber, batch })))
    .filter(({ coreNumber, batch }) =>
      timed.every((point) => point.askedCoreNumber !== coreNumber || point.batch !== batch),
    );
}

/** As many images tell whether a batch mixes them up; each of them is inferred once alone, for its expected output. */
const MOST_IMAGES = 4;

/** How many different images a sweep uses: a longer batch starts again. */
export function imagesNeeded(batches: readonly number[]): number {
  return Math.min(MOST_IMAGES, Math.max(...batches));
}

/** An even number, so that each order has its reverse; or 1 where the samples are too few to share out. */
function roundsOf(samples: number): number {
  const affordable = Math.min(MOST_ROUNDS, Math.floor(samples / LEAST_SAMPLES_A_TURN));
  return Math.max(1, affordable - (affordable % 2));
}

function nameOf({ factory, coreNumber, batch }: PointTimer): string {
  return `${factory.name} at core number ${coreNumber}, batch ${batch}`;
}

/** The outputs that are scored, copied; null when the backend fails on them. */
async function outputsOf(
  { factory, scoredCoreNumber }: SweepTarget,
  images: readonly Tensor[],
  { signal }: SweepOptions,
  results: LatencyResults,
): Promise<Tensor[] | null> {
  try {
    const backend = await factory.open({ coreNumber: scoredCoreNumber, purpose: 'accuracy' });
    try {
      const outputs: Tensor[] = [];
      for (const image of images) {
        signal.throwIfAborted();
        const { output } = await backend.infer(image);
        outputs.push(float32Tensor(output.data.slice(), output.shape, 'NAC'));
      }
      return outputs;
    } finally {
      await backend.close();
    }
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    results.failed(
      factory.name,
      `the backend ${factory.name} failed before it could be timed: ${error.message}`,
    );
    return null;
  }
}

function batchOf(images: readonly Tensor[], batch: number): Tensor {
  if (batch === 1) return images[0]!;
  const [, ...extents] = images[0]!.shape;
  const length = images[0]!.data.length;
  const data = new Float32Array(batch * length);
  for (let i = 0; i < batch; i++) data.set(images[i % images.length]!.data, i * length);
  return float32Tensor(data, [batch, ...extents], 'NCHW');
}
