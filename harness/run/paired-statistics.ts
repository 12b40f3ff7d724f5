import {
  type PairedBootstrap,
  Permutations,
  type PermutationTest,
  pairedBootstrap,
  type TieBand,
  tieBand,
  withinTies,
} from '../../reference/compare/index.ts';
import { COCO_METRICS, type CocoEvaluation } from '../../reference/evaluate/index.ts';
import { createRandom } from '../../reference/random.ts';
import { adjustForFalseDiscovery } from '../../reference/statistics/index.ts';
import type { DifferenceStatistics } from '../../reports/record/index.ts';

export interface DrawOptions {
  readonly replicates: number;
  readonly seed: number;
}

const METHOD =
  'paired bootstrap over halves of the images, interval from the standard error; permutation test that swaps outputs by image; Benjamini-Hochberg over the categories';

/** Twice the replicates: of 80 categories none could have an adjusted p below 0.05 with 1,000. */
const PERMUTATIONS_A_REPLICATE = 2;

/** The parts that take long, so that a run can be stopped between them. */
export const drawBootstrap = (
  baseline: CocoEvaluation,
  candidate: CocoEvaluation,
  { replicates, seed }: DrawOptions,
): PairedBootstrap => pairedBootstrap(baseline, candidate, { random: createRandom(seed), replicates });

export const beginPermutations = (
  baseline: CocoEvaluation,
  candidate: CocoEvaluation,
  { replicates, seed }: DrawOptions,
): Permutations =>
  new Permutations(baseline, candidate, {
    random: createRandom(seed),
    permutations: PERMUTATIONS_A_REPLICATE * replicates,
    metrics: COCO_METRICS.map(({ name }) => name),
  });

/** A set of results with what is found of it alone. */
export interface EvaluatedSide {
  readonly evaluation: CocoEvaluation;
  readonly ties: TieBand;
}

export const sideOf = (evaluation: CocoEvaluation): EvaluatedSide => ({
  evaluation,
  ties: tieBand(evaluation),
});

/** What the record says of a difference, from its parts; every draw is made from the seed anew. */
export function differenceStatistics(
  baseline: EvaluatedSide,
  candidate: EvaluatedSide,
  bootstrap: PairedBootstrap,
  permutation: PermutationTest,
  { seed }: DrawOptions,
): DifferenceStatistics {
  const p = permutation.perCategory.map(({ ap }) => ap);
  const adjusted = adjustForFalseDiscovery(p);
  return {
    method: METHOD,
    replicates: bootstrap.replicates,
    confidence: bootstrap.confidence,
    seed,
    permutations: permutation.permutations,
    metrics: bootstrap.metrics as DifferenceStatistics['metrics'],
    p: permutation.metrics as DifferenceStatistics['p'],
    tieBands: { reference: bandsOf(baseline.ties), own: bandsOf(candidate.ties) },
    withinTies: withinTiesByMetric(baseline, candidate),
    categories: candidate.evaluation.perCategory.map(({ categoryId, ap }, k) => ({
      categoryId,
      ap: bootstrap.perCategory[k]!.ap,
      p: p[k]!,
      adjustedP: adjusted[k]!,
      withinTies: liesWithin(
        { figure: baseline.evaluation.perCategory[k]!.ap, band: baseline.ties.perCategory[k]!.ap },
        { figure: ap, band: candidate.ties.perCategory[k]!.ap },
      ),
    })),
  };
}

const bandsOf = ({ metrics }: TieBand): DifferenceStatistics['tieBands']['own'] => ({ ...metrics });

/** Recall looks at no order, so that ties move none of it. */
export function withinTiesByMetric(
  baseline: EvaluatedSide,
  candidate: EvaluatedSide,
): Record<string, boolean> {
  return Object.fromEntries(
    COCO_METRICS.flatMap((metric) => {
      if (metric.kind !== 'precision') return [];
      const { name } = metric;
      const of = ({ evaluation, ties }: EvaluatedSide): FigureInBand => ({
        figure: evaluation.stats[name],
        band: ties.metrics[name],
      });
      return [[name, liesWithin(of(baseline), of(candidate))]];
    }),
  );
}

interface FigureInBand {
  readonly figure: number;
  readonly band: { readonly low: number; readonly high: number } | null;
}

function liesWithin(baseline: FigureInBand, candidate: FigureInBand): boolean {
  if (baseline.band === null || candidate.band === null) return false;
  return withinTies(
    { figure: baseline.figure, band: baseline.band },
    { figure: candidate.figure, band: candidate.band },
  );
}
