import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { flagOf } from '../config/flag-of.ts';
import { mergeConfig } from '../config/merge-config.ts';
import type { RunConfig } from '../config/run-config.ts';
import { BadDataError, EXIT, exitCodeOf, messageOf, ParityError, UsageError } from '../errors.ts';
import { writeReport } from '../report/write-report.ts';
import { lockRunFolder } from '../store/lock-run-folder.ts';
import { readRecord } from '../store/read-record.ts';
import { openRunFolder } from '../store/run-folder.ts';
import { describeEnvironment } from './environment.ts';
import { ImageStore } from './image-store.ts';
import { Measurement } from './measurement.ts';
import { openInputs } from './open-inputs.ts';
import { measure, type RunResult } from './run.ts';
import { differenceOf, runEntry } from './run-entry.ts';
import { resolveRunOptions } from './run-options.ts';
import type { RunTools } from './run-tools.ts';
import { StoredRun } from './stored-run.ts';

export interface ResumedRun extends RunResult {
  /** Whether there was nothing left to do. */
  readonly finished: boolean;
}

/**
 * Goes on with a run that was killed or stopped, and ends with the record that it would have had: what is finished of its images
 * is read back, the others are scored; what is finished of its latency is kept, the rest is timed.
 * @param typed options given beside it, which must be those of the run.
 * @throws UsageError for other options, or where another process is at the folder; BadDataError for inputs that are not those of
 *   the run any more, and for a folder that holds no run or a damaged one.
 */
export async function resumeRun(path: string, typed: RunConfig, tools: RunTools): Promise<ResumedRun> {
  await refuseNoFolder(path);
  const lock = await lockRunFolder(path);
  try {
    const record = await finishedRecord(path);
    if (record !== null) {
      refuseOtherOptions(path, record.asked, typed);
      return { record, folder: path, finished: true };
    }
    const stored = await StoredRun.open(path);
    try {
      return { ...(await goOn(path, stored, typed, tools)), finished: false };
    } finally {
      await stored.close();
    }
  } finally {
    await lock.release();
  }
}

async function goOn(path: string, stored: StoredRun, typed: RunConfig, tools: RunTools): Promise<RunResult> {
  const { header } = stored;
  refuseOtherOptions(path, header.config, typed);
  const options = { ...header.options, out: path };
  const inputs = await openInputs(options, tools).catch((error: unknown) => {
    throw withFolder(error, header.workingFolder);
  });
  const startedAt = new Date(header.startedAt);
  const environment = await describeEnvironment();
  const entry = await runEntry(inputs, options, { startedAt, config: header.config, environment });
  const difference = differenceOf(header, entry);
  if (difference !== null) {
    throw new BadDataError(
      `cannot go on in ${path}: then and now it is ${difference}; go on with what it was begun with, or run again`,
    );
  }
  const folder = openRunFolder(path);
  const measurement = new Measurement(inputs, options, folder, tools);
  const done = await measurement.restore(stored);
  if (stored.dropped !== null) tools.progress.note(stored.dropped);
  tools.progress.note(`going on after ${done} of ${inputs.dataset.samples.length} images`);
  const store = await ImageStore.resume(folder, stored);
  const parts = { options, asked: header.config, inputs, folder, store, measurement };
  return measure({ ...parts, startedAt, environment, tools });
}

async function refuseNoFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory()) return;
  throw new UsageError(`cannot go on in ${path}: there is no such folder; give --resume the folder of a run`);
}

/** What cannot be used may lie where the run was begun. */
function withFolder(error: unknown, workingFolder: string): unknown {
  const exitCode = exitCodeOf(error);
  if (process.cwd() === workingFolder || (exitCode !== EXIT.badData && exitCode !== EXIT.usage)) return error;
  return new ParityError(
    exitCode,
    `${messageOf(error)} (the run was begun in ${workingFolder}: go on from there, if its paths were relative)`,
    { cause: error },
  );
}

/** The record of a run that came to its end; null where there is more to do. The page may have been missed by a kill. */
async function finishedRecord(path: string): Promise<RunResult['record'] | null> {
  if ((await stat(join(path, 'run.json')).catch(() => null)) === null) return null;
  const record = await readRecord(path);
  if (record.status !== 'complete') return null;
  if ((await stat(join(path, 'report.html')).catch(() => null)) === null) await writeReport(path, record);
  return record;
}

/** Options are those of the run, whatever was a default then. */
function refuseOtherOptions(path: string, config: RunConfig | null, typed: RunConfig): void {
  const { out, ...given } = typed;
  if (out !== undefined && resolve(out) !== resolve(path)) {
    throw new UsageError(`--out ${out} is not ${path}, where --resume goes on: leave it out`);
  }
  const other = (option: keyof typeof given): UsageError =>
    new UsageError(
      `${flagOf(option, given[option])} is not what ${path} was begun with: leave it out, or run again into another folder`,
    );
  const resolved = (asked: RunConfig): unknown => {
    const { out: _, ...options } = resolveRunOptions(asked, new Date(0), {});
    return options;
  };
  for (const [option, value] of Object.entries(given)) {
    // Of a run that was not started from options there is nothing to hold them against.
    if (config === null) throw other(option as keyof typeof given);
    const asked = attempt(() => resolved(mergeConfig(config, { [option]: value })));
    if (!isDeepStrictEqual(resolved(config), asked)) throw other(option as keyof typeof given);
  }
}

function attempt(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
}
