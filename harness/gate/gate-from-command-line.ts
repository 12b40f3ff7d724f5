import { existsSync } from 'node:fs';
import { VERDICT_WORDS } from '../../reports/gate/gate-sentence.ts';
import { gateText } from '../../reports/gate/gate-text.ts';
import { shortTime } from '../../reports/history/short-time.ts';
import type { GateRecord } from '../../reports/index.ts';
import { COMMAND_LINE, checkConfig, loadConfig } from '../config/load-config.ts';
import type { RunConfig } from '../config/run-config.ts';
import { EXIT, type ExitCode, exitCodeOf, messageOf, UsageError } from '../errors.ts';
import { type HistoryFlags, printResult, withHistory } from '../history/with-history.ts';
import {
  checkBaselineName,
  DEFAULT_HISTORY,
  type History,
  insertGate,
  listGates,
  recordRun,
  type StoredGate,
} from '../store/history/index.ts';
import { drawTable } from '../terminal/draw-table.ts';
import { interruptSignal } from '../terminal/interrupt-signal.ts';
import { silentProgress, terminalProgress } from '../terminal/progress.ts';
import { shellWord } from '../terminal/shell-word.ts';
import { DEFAULT_BACKENDS } from '../run/backend-options.ts';
import { defaultOut } from '../run/run-options.ts';
import { gate } from './gate.ts';
import { type GateOptions, resolveGateOptions } from './gate-options.ts';
import { type GateRun, readGateRun } from './gate-run.ts';
import { makeRun } from './make-run.ts';
import { type GateOutputs, makeOutputFolders, writeGate, writeGateError } from './write-outputs.ts';

export interface GateFlags extends HistoryFlags, GateOutputs {
  readonly baseline: string;
  readonly confirm?: string;
  readonly config?: string;
  readonly budgets?: RunConfig['budgets'];
  readonly latencyBudgets?: RunConfig['latencyBudgets'];
  readonly replicates?: number;
  readonly seed?: number;
  readonly record?: true;
  readonly quiet?: true;
}

/**
 * `mlu-parity gate`: the verdict on stdout, its documents where they are asked for, and its exit code.
 * @param folder of the run; without one the run of `--config` is made.
 */
export async function gateFromCommandLine(folder: string | undefined, flags: GateFlags): Promise<ExitCode> {
  let record: GateRecord;
  try {
    await makeOutputFolders(flags);
    refuseIdle(folder, flags);
    record = await judge(folder, flags);
  } catch (error) {
    await writeGateError(messageOf(error), exitCodeOf(error), flags, new Date()).catch(sayUnwritten);
    throw error;
  }
  // The verdict stands, whatever becomes of its documents.
  printResult(flags, record, gateText(record, drawTable));
  const written = await writeGate(record, flags).then(() => true, sayUnwritten);
  return written || record.exitCode !== EXIT.pass ? (record.exitCode as ExitCode) : EXIT.badData;
}

function sayUnwritten(error: unknown): false {
  process.stderr.write(`mlu-parity: cannot write what the gate says: ${messageOf(error)}\n`);
  return false;
}

async function judge(given: string | undefined, flags: GateFlags): Promise<GateRecord> {
  const { history: file = DEFAULT_HISTORY, baseline: baselineName, quiet } = flags;
  const config = flags.config === undefined ? {} : await loadConfig(flags.config);
  const interrupt = interruptSignal();
  const tools = {
    progress: quiet ? silentProgress : terminalProgress(),
    signal: interrupt.signal,
    now: () => new Date(),
  };
  try {
    const out = config.out ?? defaultOut(tools.now());
    const found = given === undefined ? null : await readGateRun(given);
    const backends = found?.record.backends.map(({ name }) => name) ?? config.backends ?? DEFAULT_BACKENDS;
    // What is wrong with them is said before a night goes by.
    const options = optionsOf(flags, config, backends);
    const run = found ?? (await makeRun(config, out, tools));
    const howToSet = `mlu-parity history baseline ${baselineName} ${shellWord(given ?? out)} --reason "…"${flags.history === undefined ? '' : ` --history ${shellWord(file)}`}`;
    const ask = (history: History | null, rerun: GateRun | null): Promise<GateRecord> =>
      gate({ history, baselineName, run, rerun, options, howToSet }, tools);
    const rerun = flags.confirm === undefined ? null : await readGateRun(flags.confirm);
    if (flags.record !== true && !existsSync(file)) return await ask(null, rerun);
    return await withHistory(flags, flags.record === true ? 'write' : 'read', async (history) => {
      const first = await ask(history, rerun);
      // Whoever can make a run can make it again, before anybody is woken.
      const isAlarm = first.verdict === 'regressed' && given === undefined;
      const record = isAlarm ? await ask(history, await makeRun(config, `${out}-again`, tools)) : first;
      return flags.record === true ? recordGate(history, run, record) : record;
    });
  } finally {
    interrupt.release();
  }
}

/** @returns the record as it was put into the history: with a note where the run had been judged before. */
function recordGate(history: History, run: GateRun, record: GateRecord): GateRecord {
  const { id } = recordRun(history, run.record, { text: run.text, source: run.folder });
  const before = listGates(history).findLast((gate) => gate.run === id);
  const recorded = { ...record, notes: [...record.notes, ...judgedBefore(before)] };
  insertGate(history, id, recorded);
  return recorded;
}

function judgedBefore(before: StoredGate | undefined): string[] {
  if (before === undefined) return [];
  const { verdict, judgedAt, baseline } = before.document;
  const against = baseline === null ? '' : ` against the baseline ${baseline.name}`;
  return [
    `This run was judged before, on ${shortTime(judgedAt)}${against}: ${VERDICT_WORDS[verdict]}. Both verdicts are in the history, and this one counts from now on.`,
  ];
}

function optionsOf(flags: GateFlags, fromFile: RunConfig, backends: readonly string[]): GateOptions {
  const { budgets, latencyBudgets, replicates, seed } = flags;
  const given = Object.entries({ budgets, latencyBudgets, replicates, seed });
  const typed = checkConfig(
    Object.fromEntries(given.filter(([, value]) => value !== undefined)),
    COMMAND_LINE,
  );
  const options = resolveGateOptions(fromFile, typed);
  const names = new Set<string | null>(backends).add(null);
  // Of a file that serves several runs, budgets of other backends are none of this one.
  const idle = [
    ...(budgets === undefined ? [] : options.budgets),
    ...(latencyBudgets === undefined ? [] : options.latencyBudgets),
  ].find(({ backend }) => !names.has(backend));
  if (idle === undefined) return options;
  throw new UsageError(
    `the budget of ${idle.backend} has no effect: the run has no such backend, but ${backends.join(', ')}; leave it out`,
  );
}

function refuseIdle(
  folder: string | undefined,
  { baseline, junit, out, junitCannotTell, replicates, config, confirm }: GateFlags,
): void {
  checkBaselineName(baseline);
  if (folder === undefined && config === undefined) {
    throw new UsageError('there is no run to judge: give its folder, or --config FILE of the run to make');
  }
  if (folder === undefined && confirm !== undefined) {
    throw new UsageError(
      `--confirm ${confirm} has no effect without a run folder: of a run that is made here an alarm is confirmed by making it again; leave it out`,
    );
  }
  if (junitCannotTell !== undefined && junit === undefined && out === undefined) {
    throw new UsageError(
      '--junit-cannot-tell has no effect without --junit or --out: add one of them, or leave it out',
    );
  }
  if (replicates === 0) {
    throw new UsageError('--replicates 0 leaves no interval to judge by: give 1000, or leave it out');
  }
}
