import { EXIT, type ExitCode } from '../errors.ts';
import { listBaselineChanges, listBaselines } from '../store/history/index.ts';
import { formatTable } from '../terminal/table.ts';
import { shortTime } from '../../reports/history/short-time.ts';
import { type HistoryFlags, printResult, withHistory } from './with-history.ts';

/** `mlu-parity history baselines` */
export function baselinesFromCommandLine(flags: HistoryFlags): Promise<ExitCode> {
  return withHistory(flags, 'read', (history) => {
    const baselines = listBaselines(history);
    const changes = listBaselineChanges(history);
    const table = formatTable(
      ['set', 'baseline', 'by', 'record', 'reason'],
      changes.map(({ name, recordSha256, reason, setAt, setBy }) => {
        return [shortTime(setAt), name, setBy, recordSha256.slice(0, 8), reason];
      }),
    );
    const now = baselines.map(({ name, run }) => `${name}: run ${run}`);
    printResult(
      flags,
      { baselines, changes },
      changes.length === 0 ? `no baselines in ${history.file}` : [...now, '', ...table].join('\n'),
    );
    return EXIT.pass;
  });
}
