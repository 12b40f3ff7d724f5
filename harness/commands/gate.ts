import { type Command, Option } from 'commander';
import { parseBudget, parseInteger, parseLatencyBudget } from '../config/parse-values.ts';
import type { ExitCode } from '../errors.ts';
import { replaceOutputs } from '../gate/misread-command-line.ts';
import type { GateFlags } from '../gate/gate-from-command-line.ts';

export function addGateCommand(program: Command, finish: (code: ExitCode) => void): void {
  program
    .command('gate')
    .exitOverride((error) => {
      replaceOutputs(program.args, error, new Date());
      throw error;
    })
    .summary('tell whether a run is worse than a baseline, and than the nights before it')
    .description(
      'Compares a run with a baseline on the same images, paired image by image, and with the nights of the history, and says one of three ' +
        'things: regressed (exit code 1), equivalent (0), cannot tell (4). A run that failed ends with 5, one that cannot be compared ' +
        'with 3. A baseline is set by mlu-parity history baseline.',
    )
    .argument(
      '[run-folder]',
      'folder that mlu-parity run made; without one the run of --config is made first, and made again where it alarms',
    )
    .requiredOption('--baseline <name>', 'what to compare with')
    .option(
      '--budget <figure=loss>',
      'loss allowed against the baseline, AP=0.005, or of one backend, mlu-offline:AP=0.01; may be repeated (default: AP=0.005)',
      parseBudget,
    )
    .option(
      '--latency-budget <slowdown>',
      'slowdown of p50 allowed, 5% of every time that was taken, mlu-offline=5%, at a core number mlu-offline:4=5%, and batch mlu-offline:4:8=5%; may be repeated',
      parseLatencyBudget,
    )
    .option('--confirm <run-folder>', 'a run of the same again, which must show an alarm too')
    .option('--record', 'put the run and the verdict into the history')
    .option('--history <file>', 'the file of the history (default: .mlu-parity/history.sqlite)')
    .option(
      '--config <file>',
      'budgets from a mlu-parity.config.ts (gateBudgets, else budgets; latencyBudgets), the command line wins; and the run, where no folder is given',
    )
    .option(
      '--replicates <n>',
      'of the bootstrap that gives differences their intervals (default: 1000)',
      parseInteger,
    )
    .option('--seed <s>', 'seed of the replicates (default: 0)', parseInteger)
    .option(
      '--out <dir>',
      'folder for gate.json, junit.xml and summary.md; those of the night before are replaced',
    )
    .option('--junit <file>', 'JUnit XML, a test case for each backend and figure')
    .addOption(
      new Option(
        '--junit-cannot-tell <as>',
        'what a figure is there that cannot be told (default: skipped)',
      ).choices(['skipped', 'failure']),
    )
    .option('--markdown <file>', 'Markdown for the summary of a CI job, as "$GITHUB_STEP_SUMMARY"')
    .addOption(
      new Option('--annotations <of>', 'annotations for a CI, on stderr (default: none)').choices([
        'github',
        'none',
      ]),
    )
    .option('--json', 'print the verdict and every figure as JSON')
    .option('--quiet', 'no progress on stderr')
    .addHelpText(
      'after',
      '\nExample:\n  mlu-parity gate runs/night --baseline main --budget AP=0.005 --latency-budget mlu-offline:4=5% --record',
    )
    .action(
      async (
        folder: string | undefined,
        {
          budget,
          latencyBudget,
          ...flags
        }: GateFlags & { budget?: GateFlags['budgets']; latencyBudget?: GateFlags['latencyBudgets'] },
      ) => {
        const { gateFromCommandLine } = await import('../gate/gate-from-command-line.ts');
        finish(
          await gateFromCommandLine(folder, {
            ...flags,
            ...(budget !== undefined && { budgets: budget }),
            ...(latencyBudget !== undefined && { latencyBudgets: latencyBudget }),
          }),
        );
      },
    );
}
