import { dirname, resolve } from 'node:path';
import { makeFolder } from '../../datasets/make-folder.ts';
import { writeFileAtomically } from '../../datasets/write-file-atomically.ts';
import { nightlyPage } from '../../reports/index.ts';
import { EXIT, type ExitCode } from '../errors.ts';
import { readPageScript } from '../report/write-report.ts';
import { printWarnings } from './future-runs.ts';
import { nightlyViewOf } from './nightly-view.ts';
import { type HistoryFlags, printResult, withHistory } from './with-history.ts';

/** `mlu-parity history page`: the page over a history, whole or not at all. */
export function pageFromCommandLine(
  flags: HistoryFlags & { readonly out: string },
  now = new Date(),
): Promise<ExitCode> {
  return withHistory(flags, 'read', async (history) => {
    const view = nightlyViewOf(history, now);
    const page = await nightlyPage(view, await readPageScript('nightly-runtime'));
    const out = resolve(flags.out);
    await makeFolder(dirname(out));
    await writeFileAtomically(out, page);
    printWarnings(view.warnings);
    printResult(flags, { page: out, warnings: view.warnings }, out);
    return EXIT.pass;
  });
}
