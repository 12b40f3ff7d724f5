import type { Command } from 'commander';
import { parseInteger } from '../config/parse-values.ts';
import type { ExitCode } from '../errors.ts';
import type { FetchFlags } from '../fetch/fetch-from-command-line.ts';

export function addFetchCommand(program: Command, finish: (code: ExitCode) => void): void {
  program
    .command('fetch')
    .summary('official data and weights by name: COCO, YOLOX checkpoints')
    .description(
      'Fetches COCO data or official YOLOX weights, checks every byte, and prints where they are. Without a name it lists ' +
        'what there is. A broken download goes on where it ended; what is there already is checked and left alone.',
    )
    .argument('[name]', 'e.g. yolox-nano or coco-val2017')
    .argument('[dir]', 'folder to fill (default: fetch/ in MLU_PARITY_CACHE or ~/.cache/mlu-parity)')
    .option('--list', 'list names, sizes, licences and where things would go')
    .option(
      '--subset <n>',
      'of a COCO split: the annotations and n pictures that keep the mix of categories',
      parseInteger,
    )
    .option('--seed <s>', 'seed of the subset (default: 0)', parseInteger)
    .option('--mirror <url>', 'address that stands in for the official ones, with the same paths below it')
    .option('--archives <dir>', 'where zip archives are put and looked for (default: archives/ beside)')
    .option('--keep-archives', 'keep archives of pictures after unpacking')
    .option('--json', 'print path, bytes and hashes as JSON')
    .option('--quiet', 'no progress on stderr')
    .addHelpText(
      'after',
      '\nExample:\n  mlu-parity fetch yolox-nano\n  mlu-parity fetch coco-val2017 coco\n  mlu-parity fetch coco-val2017 coco500 --subset 500',
    )
    .action(async (name: string | undefined, dir: string | undefined, flags: FetchFlags) => {
      const { fetchFromCommandLine } = await import('../fetch/fetch-from-command-line.ts');
      finish(await fetchFromCommandLine(name, dir, flags));
    });
}
