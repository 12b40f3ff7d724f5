import { verdictSentence } from '../../reports/index.ts';
import { EXIT, type ExitCode } from '../errors.ts';
import { readRecord } from '../store/read-record.ts';
import { writeReport } from './write-report.ts';

/** `mlu-parity report`: the page of a run folder again, from its record. */
export async function rewriteReport(folder: string, flags: { readonly json?: true }): Promise<ExitCode> {
  const record = await readRecord(folder);
  // The sentence is made from the figures here, not believed: they are what the page shows below it.
  const verdict = { ...record.verdict, sentence: verdictSentence(record) };
  const page = await writeReport(folder, { ...record, verdict });
  process.stdout.write(flags.json ? `${JSON.stringify({ page })}\n` : `${page}\n`);
  return EXIT.pass;
}
