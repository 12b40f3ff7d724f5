import type { GateCheck, GateRecord } from '../../reports/gate/gate-record.ts';
import { gateSentence } from '../../reports/gate/gate-sentence.ts';
import { budgetsFor } from '../config/budget.ts';
import { EXIT } from '../errors.ts';
import type { Baseline } from '../store/history/index.ts';
import { DEFAULT_BUDGET, type GateOptions } from './gate-options.ts';
import type { GateRun } from './gate-run.ts';

export interface Judged {
  readonly run: GateRun;
  readonly baselineName: string;
  readonly baseline: (Baseline & { readonly startedAt: string }) | null;
  readonly options: GateOptions;
  readonly checks: readonly GateCheck[];
  /** What keeps the run from passing, whatever its figures. */
  readonly troubles: readonly string[];
  readonly notes: readonly string[];
  readonly now: Date;
}

/** The verdict of all checks, and whether the run was whole. */
export function conclude(judged: Judged): GateRecord {
  const { run, baselineName, baseline, checks, now } = judged;
  const { record, folder, recordSha256 } = run;
  const untimed = untimedSentence(judged);
  const troubles = [
    ...troublesOf(run),
    ...judged.troubles,
    ...(judged.options.mustBeTimed && untimed !== null ? [untimed] : []),
  ];
  const outcome = outcomeOf(checks, hasFailed(run), troubles.length > 0);
  return {
    ...{ schema: 'mlu-parity/gate', version: 1, judgedAt: now.toISOString(), ...outcome },
    sentence: gateSentence({ ...outcome, checks, baseline: `the baseline ${baselineName}`, troubles }),
    run: {
      ...{ folder, recordSha256, startedAt: record.startedAt, finishedAt: record.finishedAt },
      ...{ commit: record.environment.commit, images: record.dataset.images },
    },
    baseline: baseline && {
      ...{ name: baseline.name, run: baseline.run, startedAt: baseline.startedAt },
      ...{ setAt: baseline.setAt, reason: baseline.reason },
    },
    checks: [...checks],
    notes: [...notesOf(judged), ...(untimed === null || judged.options.mustBeTimed ? [] : [`${untimed}.`])],
  };
}

const hasFailed = ({ record }: GateRun): boolean =>
  record.verdict.exitCode === EXIT.backend || record.backends.some(({ failure }) => failure !== null);

function troublesOf(run: GateRun): string[] {
  const { backends, status, stoppedBy, verdict } = run.record;
  const failures = backends.flatMap(({ failure }) => failure ?? []);
  if (failures.length > 0) return failures;
  if (status === 'incomplete') return [`the run is incomplete: ${stoppedBy ?? 'it does not say why'}`];
  return hasFailed(run) ? [`the run ended with ${EXIT.backend}: ${verdict.sentence}`] : [];
}

/** What failed is no pass and no regression; what regressed is one, whatever else could not be told. */
function outcomeOf(
  checks: readonly GateCheck[],
  failed: boolean,
  troubled: boolean,
): Pick<GateRecord, 'verdict' | 'exitCode'> {
  if (failed) return { verdict: 'failed', exitCode: EXIT.backend };
  if (checks.some(({ verdict }) => verdict === 'regressed')) {
    return { verdict: 'regressed', exitCode: EXIT.regression };
  }
  const kept = checks.length > 0 && checks.every(({ verdict }) => verdict === 'equivalent');
  return kept && !troubled
    ? { verdict: 'equivalent', exitCode: EXIT.pass }
    : { verdict: 'cannot-tell', exitCode: EXIT.inconclusive };
}

/** A budget of times that no time of the run was held against must not look as if it had been kept. */
function untimedSentence({ options, checks, baseline }: Judged): string | null {
  if (options.latencyBudgets.length === 0 || baseline === null) return null;
  if (checks.some(({ kind }) => kind === 'latency')) return null;
  return 'no time was judged, though a budget of times was given: no backend that finished has one that was taken';
}

/** Backends of which a loss of any size would pass, since every budget of accuracy is of others. */
function unbudgetedNote({ run, options, baseline }: Judged): string[] {
  const free = run.record.backends.filter(({ name }) => budgetsFor(options.budgets, name).length === 0);
  if (free.length === 0 || baseline === null) return [];
  const names = free.map(({ name }) => name).join(', ');
  return [
    options.budgets.length === 0
      ? `No accuracy is judged: the budgets that were given are empty. AP=${DEFAULT_BUDGET} of each backend is the default without them.`
      : `No accuracy of ${names} is judged: every budget is of other backends.`,
  ];
}

function notesOf(judged: Judged): string[] {
  const { run, options, notes } = judged;
  const { exitCode, sentence } = run.record.verdict;
  return [
    ...notes,
    ...(options.isDefault
      ? [
          `No budget of accuracy was given: ${options.budgets.map(({ metric, budget }) => `${metric}=${budget}`).join(', ')} of each backend is the default.`,
        ]
      : []),
    ...unbudgetedNote(judged),
    // Budgets of a run are of its reference: what was accepted with the baseline is not asked about again here.
    ...(exitCode === EXIT.pass ? [] : [`The run itself ended with ${exitCode}: ${sentence}`]),
  ];
}
