import { resolve } from 'node:path';
import type { RunRecord } from '../../reports/index.ts';
import { EXIT, type ExitCode, messageOf, ParityError } from '../errors.ts';
import { type History, recordRun } from '../store/history/index.ts';
import { readRecordText } from '../store/read-record.ts';
import { interruptSignal } from '../terminal/interrupt-signal.ts';
import { silentProgress, terminalProgress } from '../terminal/progress.ts';
import { isInFuture } from './future-runs.ts';
import { type HistoryFlags, printResult, withHistory } from './with-history.ts';

interface ImportResult {
  readonly imported: { folder: string; run: number }[];
  readonly alreadyThere: { folder: string; run: number }[];
  readonly failed: { folder: string; reason: string }[];
  /** What is odd of runs that were imported. */
  readonly warnings: string[];
}

/**
 * `mlu-parity history import`: every folder that can be read; each run is whole in the history or not in it.
 * @param now what runs are dated by as in the future
 */
export async function importFromCommandLine(
  folders: readonly string[],
  flags: HistoryFlags & { readonly quiet?: true },
  now = new Date(),
): Promise<ExitCode> {
  const result: ImportResult = { imported: [], alreadyThere: [], failed: [], warnings: [] };
  const progress = flags.quiet ? silentProgress : terminalProgress();
  const interrupt = interruptSignal();
  try {
    await withHistory(flags, 'write', async (history) => {
      progress.start('runs', folders.length);
      for (const folder of folders) {
        interrupt.signal.throwIfAborted();
        await importFolder(history, folder, result, now);
        progress.advance();
      }
    });
  } finally {
    progress.stop();
    interrupt.release();
  }
  for (const warning of result.warnings) progress.note(`warning: ${warning}`);
  for (const { reason } of result.failed) process.stderr.write(`mlu-parity: ${reason}\n`);
  printResult(flags, result, summaryOf(result));
  return result.failed.length > 0 ? EXIT.badData : EXIT.pass;
}

async function importFolder(
  history: History,
  folder: string,
  result: ImportResult,
  now: Date,
): Promise<void> {
  const read = await readRun(folder);
  if ('reason' in read) {
    result.failed.push({ folder, reason: read.reason });
    return;
  }
  const { id, isNew } = recordRun(history, read.record, { text: read.text, source: resolve(folder) });
  (isNew ? result.imported : result.alreadyThere).push({ folder, run: id });
  if (isNew) result.warnings.push(...oddTimes(folder, read.record, now));
}

type ReadRun = { readonly text: string; readonly record: RunRecord } | { readonly reason: string };

async function readRun(folder: string): Promise<ReadRun> {
  try {
    return await readRecordText(folder);
  } catch (error) {
    if (error instanceof ParityError) return { reason: messageOf(error) };
    throw error;
  }
}

/** A clock that was wrong puts a run in the wrong place of its series. */
function oddTimes(folder: string, { startedAt, finishedAt }: RunRecord, now: Date): string[] {
  return [
    ...(Date.parse(finishedAt) < Date.parse(startedAt)
      ? [`${folder}: the run ends (${finishedAt}) before it starts (${startedAt}): the clock jumped`]
      : []),
    ...(isInFuture({ startedAt }, now)
      ? [`${folder}: the run starts in the future (${startedAt}): its series has it last until then`]
      : []),
  ];
}

function summaryOf({ imported, alreadyThere, failed }: ImportResult): string {
  const parts = [`${imported.length} imported`, `${alreadyThere.length} there already`];
  return [...parts, ...(failed.length > 0 ? [`${failed.length} could not be read`] : [])].join(', ');
}
