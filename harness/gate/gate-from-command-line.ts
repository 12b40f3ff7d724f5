import { existsSync } from 'node:fs';
import { gateText } from '../../reports/gate/gate-text.ts';
import type { GateRecord } from '../../reports/index.ts';
import { checkConfig, loadConfig } from '../config/load-config.ts';
import type { RunConfig } from '../config/run-config.ts';
import { type ExitCode, exitCodeOf, messageOf, UsageError } from '../errors.ts';
import { type HistoryFlags, printResult, withHistory } from '../history/with-history.ts';
import { DEFAULT_HISTORY, type History, insertGate, recordRun } from '../store/history/index.ts';
import { drawTable } from '../terminal/draw-table.ts';
import { interruptSignal } from '../terminal/interrupt-signal.ts';
import { silentProgress, terminalProgress } from '../terminal/progress.ts';
import { gate } from './gate.ts';
import { type GateOptions, resolveGateOptions } from './gate-options.ts';
import { type GateRun, readGateRun } from './gate-run.ts';
import { type GateOutputs, writeGate, writeGateError } from './write-outputs.ts';

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

/** `mlu-parity gate`: the verdict on stdout, its documents where they are asked for, and its exit code. */
export async function gateFromCommandLine(folder: string, flags: GateFlags): Promise<ExitCode> {
  refuseIdle(flags);
  let record: GateRecord;
  try {
    record = await judge(folder, flags);
  } catch (error) {
    await writeGateError(messageOf(error), exitCodeOf(error), flags, new Date());
    throw error;
  }
  await writeGate(record, flags);
  printResult(flags, record, gateText(record, drawTable));
  return record.exitCode as ExitCode;
}

async function judge(folder: string, flags: GateFlags): Promise<GateRecord> {
  const { history: file = DEFAULT_HISTORY, baseline: baselineName, quiet } = flags;
  const run = await readGateRun(folder);
  const rerun = flags.confirm === undefined ? null : await readGateRun(flags.confirm);
  const options = await optionsOf(flags, run);
  const howToSet = `mlu-parity history baseline ${baselineName} ${folder} --reason "…"${flags.history === undefined ? '' : ` --history ${file}`}`;
  const interrupt = interruptSignal();
  const tools = {
    progress: quiet ? silentProgress : terminalProgress(),
    signal: interrupt.signal,
    now: () => new Date(),
  };
  const ask = (history: History | null): Promise<GateRecord> =>
    gate({ history, baselineName, run, rerun, options, howToSet }, tools);
  try {
    if (flags.record !== true && !existsSync(file)) return await ask(null);
    return await withHistory(flags, flags.record === true ? 'write' : 'read', async (history) => {
      const record = await ask(history);
      if (flags.record === true) recordGate(history, run, record);
      return record;
    });
  } finally {
    interrupt.release();
  }
}

function recordGate(history: History, run: GateRun, record: GateRecord): void {
  const { id } = recordRun(history, run.record, { text: run.text, source: run.folder });
  insertGate(history, id, record);
}

async function optionsOf(flags: GateFlags, { record, folder }: GateRun): Promise<GateOptions> {
  const { config, budgets, latencyBudgets, replicates, seed } = flags;
  const fromFile = config === undefined ? {} : await loadConfig(config);
  const given = Object.entries({ budgets, latencyBudgets, replicates, seed });
  const typed = checkConfig(
    Object.fromEntries(given.filter(([, value]) => value !== undefined)),
    'command line',
  );
  const options = resolveGateOptions(fromFile, typed);
  const names = new Set<string | null>(record.backends.map(({ name }) => name)).add(null);
  // Of a file that serves several runs, budgets of other backends are none of this one.
  const idle = [
    ...(budgets === undefined ? [] : options.budgets),
    ...(latencyBudgets === undefined ? [] : options.latencyBudgets),
  ].find(({ backend }) => !names.has(backend));
  if (idle === undefined) return options;
  throw new UsageError(
    `the budget of ${idle.backend} has no effect: ${folder} has no such backend; leave it out`,
  );
}

function refuseIdle({ junit, out, junitCannotTell, replicates }: GateFlags): void {
  if (junitCannotTell !== undefined && junit === undefined && out === undefined) {
    throw new UsageError(
      '--junit-cannot-tell has no effect without --junit or --out: add one of them, or leave it out',
    );
  }
  if (replicates === 0) {
    throw new UsageError('--replicates 0 leaves no interval to judge by: give 1000, or leave it out');
  }
}
