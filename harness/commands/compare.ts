import type { Command } from 'commander';
import type { CompareFlags } from '../compare/compare-files.ts';
import { parseBudget, parseInteger, parseNumber, parseSize } from '../config/parse-values.ts';
import type { ExitCode } from '../errors.ts';

export function addCompareCommand(program: Command, finish: (code: ExitCode) => void): void {
  program
    .command('compare')
    .summary('two results files, or two tensors: what differs and by how much')
    .description(
      'Compares two COCO results files (with --ground-truth: all figures and categories, with intervals), or two .npy tensors (differences, ' +
        'and the tolerance that would have passed). A is the reference.',
    )
    .argument('<a>', 'results .json or tensor .npy: the reference')
    .argument('<b>', 'the other one')
    .option('--ground-truth <file>', 'COCO annotation file of two results files')
    .option('--images-of <run-folder>', 'results: only the images that this run scored')
    .option(
      '--size <n|HxW>',
      'network input of two raw head outputs: differences by group and stride too',
      parseSize,
    )
    .option(
      '--atol <a>',
      'allowed |b − a| of tensors, above rtol · |a|; where it is exceeded the exit code is 1',
      parseNumber,
    )
    .option('--rtol <r>', 'relative part of the tolerance (default: 0.001)', parseNumber)
    .option(
      '--budget <figure=loss>',
      'results: loss of b that is allowed, AP=0.005; may be repeated. Exit code 1: a loss beyond it is shown, 4: it is neither shown nor ruled out',
      parseBudget,
    )
    .option(
      '--replicates <n>',
      'results: of the bootstrap that gives differences their intervals (default: 1000; 0 = none)',
      parseInteger,
    )
    .option('--seed <s>', 'results: seed of the replicates (default: 0)', parseInteger)
    .option('--json', 'print the comparison as JSON')
    .option('--quiet', 'no progress on stderr')
    .addHelpText(
      'after',
      '\nExample:\n  mlu-parity compare runs/a/detections/int16.json runs/b/detections/int16.json --ground-truth instances_val2017.json --budget AP=0.005\n  mlu-parity compare float.npy card.npy --atol 1e-3',
    )
    .action(async (a: string, b: string, flags: CompareFlags) => {
      const { compareFiles } = await import('../compare/compare-files.ts');
      finish(await compareFiles(a, b, flags));
    });
}
