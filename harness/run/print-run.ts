import { textSummary } from '../../reports/index.ts';
import { EXIT } from '../errors.ts';
import { drawTable } from '../terminal/draw-table.ts';
import { shellWord } from '../terminal/shell-word.ts';
import type { RunResult } from './run.ts';

/** The record, or its summary and where the page is, on stdout; what stopped the run on stderr. */
export function printRun({ record, folder }: RunResult, json: boolean): void {
  process.stdout.write(
    json ? `${JSON.stringify(record, null, 1)}\n` : `${textSummary(record, drawTable)}\n\n`,
  );
  if (!json) process.stdout.write(`${folder}/report.html\n`);
  if (record.stoppedBy === null) return;
  // What else stops a run says what to do first.
  const hint =
    record.verdict.exitCode === EXIT.interrupted
      ? `; go on with mlu-parity run --resume ${shellWord(folder)}`
      : '';
  process.stderr.write(`mlu-parity: stopped: ${record.stoppedBy}${hint}\n`);
}
