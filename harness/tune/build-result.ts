import type { Random } from '../../reference/random.ts';
import { quantile, sortSamples } from '../../reference/statistics/index.ts';
import type { Objective } from '../../reference/tune/index.ts';
import type { TuneResult, TuneResultPoint } from '../../reports/record/tune-result.ts';
import { tunePasteLine } from '../../reports/tune-paste-line.ts';
import { tuneSentence } from '../../reports/tune-sentence.ts';
import { EXIT, type ExitCode } from '../errors.ts';
import type { OutputStanding } from './check-outputs.ts';
import { describePoints } from './describe-points.ts';
import { fitLaws } from './fit-laws.ts';
import type { RaceOutcome } from './race.ts';
import type { RaceEntry } from './race-entry.ts';
import type { TuneSourceDescription } from './tune-source.ts';
import { tuneWarnings } from './tune-warnings.ts';

export interface ResultInputs {
  readonly outcome: RaceOutcome;
  readonly source: TuneSourceDescription;
  readonly outputs: readonly OutputStanding[];
  readonly network: TuneResult['network'];
  readonly objective: Objective;
  readonly p99LimitMs: number | null;
  readonly margin: number;
  readonly maxSeconds: number;
  readonly seed: number;
  readonly random: Random;
  readonly warnings: readonly string[];
}

const EXIT_OF: Record<RaceOutcome['status'], ExitCode> = {
  chosen: EXIT.pass,
  'none-under-limit': EXIT.regression,
  inconclusive: EXIT.inconclusive,
  interrupted: EXIT.interrupted,
};

/** What was measured and chosen, as the result holds it. */
export function buildTuneResult(inputs: ResultInputs): TuneResult {
  const { outcome, source, objective, p99LimitMs, margin } = inputs;
  const reference = outcome.chosen ?? leaderOf(outcome);
  const points = describePoints(outcome, reference, { ...inputs, exact: source.exact });
  const most = Math.max(...points.map(({ requests }) => requests));
  const timed = points.flatMap(({ comparable }, index) =>
    comparable ? [{ point: outcome.entries[index]!.point, milliseconds: comparable.p50Ms }] : [],
  );
  const comparedWith = reference === null ? -1 : outcome.entries.indexOf(reference);
  const measured = {
    schema: 'mlu-parity/tune-result' as const,
    version: 1 as const,
    status: outcome.status,
    objective,
    p99LimitMs,
    margin,
    maxSeconds: inputs.maxSeconds,
    seed: inputs.seed,
    source: { ...source },
    network: inputs.network,
    points,
    comparedWith: comparedWith < 0 ? null : comparedWith,
    runnerUp: outcome.chosen === null ? null : runnerUpOf(points),
    outputs: [...inputs.outputs],
    laws: fitLaws(timed, source.cores),
    rounds: outcome.rounds,
    requests: points.reduce((sum, { requests }) => sum + requests, 0),
    fullGridRequests: most * points.length,
    seconds: outcome.seconds,
    drift: reference && driftOf(reference),
  };
  const warnings = [...inputs.warnings, ...tuneWarnings(measured)];
  return {
    ...measured,
    warnings,
    verdict: { sentence: tuneSentence(measured), exitCode: EXIT_OF[outcome.status] },
    paste: tunePasteLine(measured),
  };
}

function leaderOf({ look }: RaceOutcome): RaceEntry | null {
  if (!look?.judgement.weights) return null;
  const { compared, weights } = look.judgement;
  return look.judged[compared[weights.leader]!]!;
}

/** The point with the least loss against the chosen one among those that might have been taken instead. */
function runnerUpOf(points: readonly TuneResultPoint[]): number | null {
  let found: number | null = null;
  for (const [index, { state, loss }] of points.entries()) {
    if (loss === null || !['equivalent', 'contender', 'behind'].includes(state)) continue;
    if (found === null || loss.estimate < points[found]!.loss!.estimate) found = index;
  }
  return found;
}

const LEAST_ROUNDS_FOR_DRIFT = 6;

function driftOf({ visits }: RaceEntry): number | null {
  const medians = [...visits]
    .sort(([a], [b]) => a - b)
    .map(([, { milliseconds }]) => quantile(sortSamples(milliseconds), 0.5));
  if (medians.length < LEAST_ROUNDS_FOR_DRIFT) return null;
  const third = Math.floor(medians.length / 3);
  const first = quantile(sortSamples(medians.slice(0, third)), 0.5);
  return quantile(sortSamples(medians.slice(-third)), 0.5) / first - 1;
}
