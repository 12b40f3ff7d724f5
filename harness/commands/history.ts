import type { Command } from 'commander';
import { parseInteger, parseNumber } from '../config/parse-values.ts';
import type { ExitCode } from '../errors.ts';
import type { HistoryFlags } from '../history/with-history.ts';

const FILE = '.mlu-parity/history.sqlite';

export function addHistoryCommand(program: Command, finish: (code: ExitCode) => void): void {
  const history = program
    .command('history')
    .summary('what runs found night after night: list, show, trend, import, prune')
    .description(
      'Keeps the records and figures of runs in one file. Figures are only held against those of runs that can be compared: ' +
        'the same data, weights, thresholds and arithmetic. With --json its commands print one JSON document.',
    )
    .addHelpText('after', '\nExample:\n  mlu-parity history import runs/*');
  const add = (usage: string, summary: string, description: string, example: string): Command =>
    history
      .command(usage)
      .summary(summary)
      .description(description)
      .option('--history <file>', `the file of the history (default: ${FILE})`)
      .option('--json', 'print one JSON document instead of text')
      .addHelpText('after', `\nExample:\n  mlu-parity history ${example}`);

  add('list', 'all runs', 'Lists the runs by time, with the AP of each backend.', 'list').action(
    async (flags: HistoryFlags) => {
      const { listFromCommandLine } = await import('../history/list-runs.ts');
      finish(await listFromCommandLine(flags));
    },
  );
  add(
    'show <run>',
    'one run',
    'Shows a run, and which others can be compared with it; of those that cannot, by what they differ.',
    'show last',
  ).action(async (run: string, flags: HistoryFlags) => {
    const { showFromCommandLine } = await import('../history/show-run.ts');
    finish(await showFromCommandLine(run, flags));
  });
  add(
    'trend <metric>',
    'one figure over the nights',
    'Shows when a figure changed its level, by how much, and the runs around it. Metrics are AP, AP50 … ARl, of one category AP/dog, ' +
      'drift-AP …, sqnr, p50Ms, p90Ms, p95Ms, p99Ms, imagesPerSecond. Spikes are no changes; a change takes three nights or more to tell.',
    'trend AP --backend int16',
  )
    .option('--backend <name>', 'of one backend alone')
    .option(
      '--least <difference>',
      'changes of at most this are none, in the unit of the figure',
      parseNumber,
    )
    .action(async (metric: string, flags: HistoryFlags) => {
      const { trendFromCommandLine } = await import('../history/show-trend.ts');
      finish(await trendFromCommandLine(metric, flags));
    });
  add(
    'import <run-folder...>',
    'put runs into the history',
    'Records the runs of run folders; those that are there already are left out. What cannot be read is named, the rest goes on, and ' +
      'the command ends with 3.',
    'import runs/*',
  )
    .option('--quiet', 'no progress on stderr')
    .action(async (folders: string[], flags: HistoryFlags) => {
      const { importFromCommandLine } = await import('../history/import-runs.ts');
      finish(await importFromCommandLine(folders, flags));
    });
  add(
    'prune',
    'take old runs away',
    'Says which runs would be taken away, and with --yes takes them away. Baselines always stay.',
    'prune --older-than 90d --yes',
  )
    .option('--keep <n>', 'all but the latest n', parseInteger)
    .option('--older-than <age>', 'what started longer ago: 90d, 12w')
    .option('--yes', 'take them away')
    .action(async (flags: HistoryFlags) => {
      const { pruneFromCommandLine } = await import('../history/prune-history.ts');
      finish(await pruneFromCommandLine(flags));
    });
}
