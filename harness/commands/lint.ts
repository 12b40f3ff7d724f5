import { type Command, Option } from 'commander';
import { parseInteger, parseSize } from '../config/parse-values.ts';
import type { ExitCode } from '../errors.ts';
import type { LintFlags } from '../lint/lint-from-command-line.ts';

export function addLintCommand(program: Command, finish: (code: ExitCode) => void): void {
  program
    .command('lint')
    .summary("what the vendor's tools let pass: a quantised checkpoint, an offline model, or both together")
    .description(
      'Checks a checkpoint quantised by MLU PyTorch (.pt, .pth), an offline model (.cambricon, with its twins beside it) or a ' +
        'twins file alone, without a card. A checkpoint and offline models together: whether each model holds the integer ' +
        'weights that the checkpoint implies. Ends with 0 when clean, 1 with errors, 3 when a file cannot be read, 4 when ' +
        'no weights are found in a model, so that its layout is unknown.',
    )
    .argument(
      '<file...>',
      'quantised checkpoint, .cambricon and .cambricon_twins, told apart by their content',
    )
    .addOption(new Option('--bits <n>', 'the bits that were asked of the quantiser').choices(['16', '8']))
    .option('--variant <name>', 'the YOLOX that it should be: yolox-nano, tiny, s, m, l or x')
    .option('--weights <file>', 'float weights of which it should be made')
    .option('--size <n|HxW>', 'network input (default: 416 for nano and tiny, 640 otherwise)', parseSize)
    .option('--cores <n>', 'core number that the offline model should have', parseInteger)
    .option('--images <dir>', 'pictures to foresee saturation on (a YOLOX checkpoint only)')
    .option('--image-count <n>', 'how many of them, in order of their names (default: 8)', parseInteger)
    .option('--legacy', 'preprocessing of weights from before YOLOX 0.1.1')
    .option('--json', 'print the findings as JSON')
    .option('--quiet', 'no progress on stderr')
    .addHelpText(
      'after',
      '\nExample:\n  mlu-parity lint yolox_s_int16.pt yolox_s.cambricon --bits 16 --size 640',
    )
    .action(async (files: string[], flags: LintFlags) => {
      const { lintFromCommandLine } = await import('../lint/lint-from-command-line.ts');
      finish(await lintFromCommandLine(files, flags));
    });
}
