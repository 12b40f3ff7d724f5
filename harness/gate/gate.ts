import type { GateCheck, GateRecord } from '../../reports/gate/gate-record.ts';
import { BadDataError, UsageError } from '../errors.ts';
import type { RunTools } from '../run/run-tools.ts';
import type { History } from '../store/history/index.ts';
import { backendChecks } from './backend-checks.ts';
import { refuseOtherRun } from './comparable.ts';
import { conclude } from './conclude.ts';
import { confirmChecks } from './confirm-checks.ts';
import { type GateContext, openContext } from './gate-context.ts';
import type { GateOptions } from './gate-options.ts';
import type { GateRun } from './gate-run.ts';

export interface GateQuestion {
  /** Null where there is none yet. */
  readonly history: History | null;
  readonly baselineName: string;
  readonly run: GateRun;
  /** A second run of the same, which must show an alarm too. */
  readonly rerun: GateRun | null;
  readonly options: GateOptions;
  /** The command that would make the run the baseline. */
  readonly howToSet: string;
}

type GateTools = Pick<RunTools, 'progress' | 'signal' | 'now'>;

/**
 * Whether a run is worse than a baseline, image by image, or than the nights before it, by more than is allowed. Nothing is
 * recorded.
 * @throws BadDataError for runs that cannot be compared, naming what differs, and for detections that were changed.
 */
export async function gate(question: GateQuestion, tools: GateTools): Promise<GateRecord> {
  const { history, baselineName, run, rerun, options, howToSet } = question;
  const context = history && openContext(history, baselineName, { run, options });
  const judged = { run, baselineName, options, now: tools.now() };
  if (context === null) {
    return conclude({
      ...{ ...judged, baseline: null, checks: [], notes: [] },
      troubles: [`there is no baseline ${baselineName} yet; to set one: ${howToSet}`],
    });
  }
  const { baseline, baselineRecord } = context;
  const notes = refuseOtherRun(baselineRecord, run.record, `${run.folder} with the baseline ${baselineName}`);
  if (rerun !== null) refuseNoRerun(run, rerun);
  const first = await checksOf(context, run, tools);
  const alarmed = first.some(({ verdict }) => verdict === 'regressed');
  const confirmed = alarmed && rerun !== null;
  const lost = baselineRecord.backends.filter(
    ({ name }) => !run.record.backends.some((own) => own.name === name),
  );
  return conclude({
    ...judged,
    baseline: { ...baseline, startedAt: baselineRecord.startedAt },
    checks: confirmed ? confirmChecks(first, await checksOf(context, rerun, tools)) : first,
    troubles: lost.map(({ name }) => `the baseline ${baselineName} has ${name}, and this run has not`),
    notes: [
      ...notes,
      ...(alarmed && !confirmed
        ? ['Nothing has confirmed it: run again, and give that run by --confirm.']
        : []),
    ],
  });
}

async function checksOf(context: GateContext, given: GateRun, tools: GateTools): Promise<GateCheck[]> {
  const { backends } = given.record;
  const checks: GateCheck[] = [];
  tools.progress.start('backends judged', backends.length);
  try {
    for (const backend of backends) {
      tools.signal.throwIfAborted();
      checks.push(...(await backendChecks(context, given, backend)));
      tools.progress.advance();
    }
  } finally {
    tools.progress.stop();
  }
  return checks;
}

/** A re-run confirms a run of the same, and not itself. */
function refuseNoRerun(run: GateRun, rerun: GateRun): void {
  if (rerun.recordSha256 === run.recordSha256) {
    throw new UsageError(`--confirm ${rerun.folder} is the run that is judged: give another run of the same`);
  }
  const [difference] = refuseOtherRun(run.record, rerun.record, `${rerun.folder} with ${run.folder}`);
  if (difference === undefined) return;
  throw new BadDataError(
    `cannot confirm ${run.folder} by ${rerun.folder}, which ${difference}; run the same again`,
  );
}
