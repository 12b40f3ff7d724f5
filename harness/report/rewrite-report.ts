import { EXIT, type ExitCode } from '../errors.ts';
import { readRecord } from '../store/read-record.ts';
import { writeReport } from './write-report.ts';

/** `mlu-parity report`: the page of a run folder again, from its record. */
export async function rewriteReport(folder: string, flags: { readonly json?: true }): Promise<ExitCode> {
  const page = await writeReport(folder, await readRecord(folder));
  process.stdout.write(flags.json ? `${JSON.stringify({ page })}\n` : `${page}\n`);
  return EXIT.pass;
}
