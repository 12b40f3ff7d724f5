import { type FigureDifference, pairedBootstrap } from '../../reference/compare/index.ts';
import type { CocoEvaluation, CocoGroundTruth, MetricName } from '../../reference/evaluate/index.ts';
import { createRandom } from '../../reference/random.ts';
import type { GateCheck } from '../../reports/gate/gate-record.ts';
import type { BackendRecord } from '../../reports/record/index.ts';
import { backendLabel } from '../../reports/tables/report-table.ts';
import { type Budget, budgetsFor } from '../config/budget.ts';
import { judgeBudget } from '../run/judge-budgets.ts';
import { sideOf, withinTiesByMetric } from '../run/paired-statistics.ts';
import { evaluateText } from './evaluate-texts.ts';
import type { GateOptions } from './gate-options.ts';

/** Detections of one backend on the same images, then and now. */
export interface DetectionPair {
  readonly groundTruth: CocoGroundTruth;
  readonly before: { readonly backend: BackendRecord; readonly text: string; readonly where: string };
  readonly now: { readonly backend: BackendRecord; readonly text: string; readonly where: string };
}

/** Each budget of a backend, judged by the difference on the same images; none where it has no budget. */
export function accuracyChecks(
  { groundTruth, before, now }: DetectionPair,
  { budgets, replicates, seed }: GateOptions,
): GateCheck[] {
  const own = budgetsFor(budgets, now.backend.name);
  if (own.length === 0) return [];
  const one = evaluateText(before.text, before.backend, groundTruth, before.where);
  const other =
    now.text === before.text && sameFigures(before.backend, now.backend)
      ? one
      : evaluateText(now.text, now.backend, groundTruth, now.where);
  const metrics = own.map(({ metric }) => metric);
  // Drawn anew for each backend, so that one that is left out changes nothing of the others.
  const { metrics: found } = pairedBootstrap(one, other, { random: createRandom(seed), replicates, metrics });
  const ties = one === other ? {} : withinTiesByMetric(sideOf(one), sideOf(other));
  return own.map((budget) =>
    checkOf(now.backend, budget, { one, other, ties, found: found[budget.metric] ?? null }),
  );
}

const sameFigures = (one: BackendRecord, other: BackendRecord): boolean =>
  JSON.stringify(one.metrics) === JSON.stringify(other.metrics);

interface Found {
  readonly one: CocoEvaluation;
  readonly other: CocoEvaluation;
  readonly found: FigureDifference | null;
  readonly ties: Readonly<Record<string, boolean>>;
}

function checkOf(
  backend: BackendRecord,
  { metric, budget }: Budget,
  { one, other, found, ties }: Found,
): GateCheck {
  const baseline = figureOf(one, metric);
  const base = { ...checkBase(backend, metric, budget), baseline, actual: figureOf(other, metric) };
  if (found === null) return { ...base, reason: 'these images hold no ground truth of it' };
  const { difference, low, high, images } = found;
  const withinTies = ties[metric] ?? false;
  const judged = judgeBudget(metric, budget, { estimate: found, withinTies, reference: baseline });
  const { verdict, imagesNeeded, beyondGain } = judged;
  const reasons = [
    low === null ? `${images} images are too few for an interval` : '',
    baseline === 0 ? 'the baseline found nothing, so that nothing can be lost' : '',
    verdict === 'cannot-tell' && withinTies ? 'the order of equal scores alone can move it as far' : '',
    beyondGain ? 'a gain of more than the budget: see whether both ran the same' : '',
    one === other ? 'the same detections to the last bit' : '',
  ];
  return {
    ...{ ...base, difference, low, high, images, imagesNeeded, verdict },
    reason: reasons.filter((reason) => reason !== '').join('; '),
  };
}

/** A check that nothing is known of yet. */
export function checkBase(backend: BackendRecord, metric: string, budget: number): GateCheck {
  return {
    ...{ kind: 'accuracy', backend: backend.name, label: backendLabel(backend), metric, point: '' },
    ...{ unit: 'fraction', budget, verdict: 'cannot-tell', baseline: null, actual: null },
    ...{ difference: null, low: null, high: null, images: null, imagesNeeded: null },
    ...{ confirmation: 'none', reason: '' },
  };
}

function figureOf({ stats }: CocoEvaluation, metric: MetricName): number | null {
  return stats[metric] < 0 ? null : stats[metric];
}
