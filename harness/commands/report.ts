import type { Command } from 'commander';
import type { ExitCode } from '../errors.ts';

export function addReportCommand(program: Command, finish: (code: ExitCode) => void): void {
  program
    .command('report')
    .summary('write the page of a run again from its record')
    .description('Reads run.json and the pictures of a run folder and writes its report.html again.')
    .argument('<run-folder>', 'folder that mlu-parity run made')
    .option('--json', 'print the path of the page as JSON')
    .addHelpText('after', '\nExample:\n  mlu-parity report runs/nano')
    .action(async (folder: string, flags: { json?: true }) => {
      const { rewriteReport } = await import('../report/rewrite-report.ts');
      finish(await rewriteReport(folder, flags));
    });
}
