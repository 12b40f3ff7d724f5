import type { Command } from 'commander';
import type { ExitCode } from '../errors.ts';
import type { MergeFlags } from '../merge/merge-from-command-line.ts';

export function addMergeCommand(program: Command, finish: (code: ExitCode) => void): void {
  program
    .command('merge')
    .summary('join the shards of a run')
    .description(
      'Joins the folders of run --shard to the run folder that the unsharded run would have made: every accuracy figure, the ' +
        'detections and images.json are the same to the bit. Refuses what are not all shards of one run, each once. The data ' +
        'set must be at hand; nothing is inferred.',
    )
    .argument('<shard...>', 'folders that mlu-parity run --shard made')
    .option('--out <dir>', 'run folder, must not exist (default: runs/<time>)')
    .option('--json', 'print the record as JSON instead of the summary')
    .option('--quiet', 'no progress on stderr')
    .addHelpText('after', '\nExample:\n  mlu-parity merge shards/1 shards/2 --out runs/nano')
    .action(async (shards: string[], flags: MergeFlags) => {
      const { mergeFromCommandLine } = await import('../merge/merge-from-command-line.ts');
      finish(await mergeFromCommandLine(shards, flags));
    });
}
