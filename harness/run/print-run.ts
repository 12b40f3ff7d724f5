import { textSummary } from '../../reports/index.ts';
import { drawTable } from '../terminal/draw-table.ts';
import type { RunResult } from './run.ts';

/** The record, or its summary and where the page is, on stdout; what stopped the run on stderr. */
export function printRun({ record, folder }: RunResult, json: boolean): void {
  process.stdout.write(
    json ? `${JSON.stringify(record, null, 1)}\n` : `${textSummary(record, drawTable)}\n\n`,
  );
  if (!json) process.stdout.write(`${folder}/report.html\n`);
  if (record.stoppedBy !== null) process.stderr.write(`mlu-parity: stopped: ${record.stoppedBy}\n`);
}
