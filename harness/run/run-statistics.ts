import { type CocoGroundTruth, evaluateDetections } from '../../reference/evaluate/index.ts';
import type { DifferenceStatistics, DriftStep } from '../../reports/record/index.ts';
import type { BackendTally } from './backend-tally.ts';
import { driftChain } from './drift-steps.ts';
import { PacedWork, type PaceTools } from './paced-work.ts';
import {
  beginPermutations,
  type DrawOptions,
  differenceStatistics,
  drawBootstrap,
  type EvaluatedSide,
  sideOf,
} from './paired-statistics.ts';

/** What was found of the differences of a run; of one that was stopped, what was found before. */
export interface RunStatistics {
  /** By backend, against the reference. */
  readonly differences: Map<string, DifferenceStatistics>;
  /** By the backends that a step of the drift leads to. */
  readonly steps: Map<string, DriftStep['interval']>;
}

export const noStatistics = (): RunStatistics => ({ differences: new Map(), steps: new Map() });

interface Pair {
  readonly from: BackendTally;
  readonly to: BackendTally;
}

/**
 * Statistics of each backend against the reference over the images both finished, and of each step of the drift. They are
 * put into `found` one by one.
 * @throws AbortError when the signal is given; what was found until then stays.
 */
export async function findStatistics(
  groundTruth: CocoGroundTruth,
  tallies: readonly BackendTally[],
  options: DrawOptions,
  tools: PaceTools,
  found: RunStatistics,
): Promise<void> {
  if (options.replicates === 0) return;
  const reference = tallies.find(({ isReference }) => isReference);
  const pairs = tallies.flatMap((to): Pair[] =>
    reference === undefined || to === reference || to.imageIds.length === 0 ? [] : [{ from: reference, to }],
  );
  const steps = driftPairs(tallies).filter(({ from }) => from !== reference);
  const work = new PacedWork('statistics', PARTS_OF_PAIR * pairs.length + 2 * steps.length, tools);
  const sides = new Map<string, EvaluatedSide>();
  const sideOver = (tally: BackendTally, imageIds: readonly number[]): EvaluatedSide => {
    const key = `${tally.description.name} ${imageIds.join()}`;
    const side = sides.get(key) ?? sideOf(evaluateDetections(groundTruth, tally.results, { imageIds }));
    sides.set(key, side);
    return side;
  };
  try {
    for (const { from, to } of pairs) {
      const baseline = (): EvaluatedSide => sideOver(from, to.imageIds);
      const candidate = (): EvaluatedSide => sideOver(to, to.imageIds);
      found.differences.set(to.description.name, await statisticsOfPair(baseline, candidate, options, work));
    }
    for (const { from, to } of steps) {
      const [a, b] = await work.part(() => [sideOver(from, to.imageIds), sideOver(to, to.imageIds)] as const);
      const { metrics } = await work.part(() => drawBootstrap(a.evaluation, b.evaluation, options));
      found.steps.set(to.description.name, metrics as DriftStep['interval']);
    }
  } finally {
    work.end();
  }
}

/** Of the swaps, which take longest: two seconds each with 5,000 images. */
const PORTIONS = 20;

export const PARTS_OF_PAIR = 4 + PORTIONS;

/** @throws AbortError, RangeError for sides of other images (`pairedBootstrap`). */
export async function statisticsOfPair(
  baselineOf: () => EvaluatedSide,
  candidateOf: () => EvaluatedSide,
  options: DrawOptions,
  work: PacedWork,
): Promise<DifferenceStatistics> {
  const baseline = await work.part(baselineOf);
  const candidate = await work.part(candidateOf);
  const [a, b] = [baseline.evaluation, candidate.evaluation];
  const bootstrap = await work.part(() => drawBootstrap(a, b, options));
  const permutations = await work.part(() => beginPermutations(a, b, options));
  const portion = Math.ceil(permutations.left / PORTIONS);
  for (let i = 0; i < PORTIONS; i++) await work.part(() => permutations.draw(portion));
  return differenceStatistics(baseline, candidate, bootstrap, permutations.result(), options);
}

function driftPairs(tallies: readonly BackendTally[]): Pair[] {
  const members = tallies.map((tally) => ({
    tally,
    ...tally.description,
    isReference: tally.isReference,
    images: tally.imageIds.length,
    metrics: tally.imageIds.length > 0 ? {} : null,
  }));
  return driftChain(members).map(({ from, to }) => ({ from: from.tally, to: to.tally }));
}
