import type { Command } from 'commander';
import type { ExitCode } from '../errors.ts';
import type { EvalFlags } from '../eval/evaluate-files.ts';

export function addEvalCommand(program: Command, finish: (code: ExitCode) => void): void {
  program
    .command('eval')
    .summary('COCO evaluation of a results file, as pycocotools prints it')
    .description(
      "Evaluates a COCO results file (bounding boxes) against a COCO annotation file and prints pycocotools' 12 lines.",
    )
    .argument('<ground-truth>', 'COCO annotation file, e.g. instances_val2017.json')
    .argument('<results>', 'COCO results file: a list of { image_id, category_id, bbox, score }')
    .option('--categories', 'AP of each category too')
    .option('--class-agnostic', 'count all categories as one')
    .option(
      '--pycocotools-id-0',
      'treat an annotation with id 0 as pycocotools does: as one that nothing can match',
    )
    .option('--images-of <run-folder>', 'only the images that this run scored')
    .option('--json', 'print the figures as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  mlu-parity eval annotations/instances_val2017.json runs/latest/detections/int16.json',
    )
    .action(async (groundTruth: string, results: string, flags: EvalFlags) => {
      const { evaluateFiles } = await import('../eval/evaluate-files.ts');
      finish(await evaluateFiles(groundTruth, results, flags));
    });
}
