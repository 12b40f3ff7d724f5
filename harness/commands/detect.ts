import { type Command, Option } from 'commander';
import { ENGINES } from '../config/option-choices.ts';
import { parseNumber } from '../config/parse-values.ts';
import type { DetectFlags } from '../detect/detect-on-images.ts';
import type { ExitCode } from '../errors.ts';
import { addLegacyOption, addSizeOption } from './options/network-options.ts';

export function addDetectCommand(program: Command, finish: (code: ExitCode) => void): void {
  const detect = program
    .command('detect')
    .summary("detect on pictures: the port's first check")
    .description('Runs the float network on pictures, prints the detections and, with --out, draws them.')
    .argument('<image...>', 'pictures')
    .requiredOption('--weights <file>', 'checkpoint .pth / .pt or export .onnx')
    .option('--conf <c>', 'score threshold', parseNumber, 0.25)
    .option('--nms <t>', 'IoU threshold', parseNumber, 0.45)
    .addOption(new Option('--engine <name>', 'float engine').choices([...ENGINES]).default('onnxruntime'));
  addSizeOption(detect);
  addLegacyOption(detect);
  detect
    .option('--names <file>', 'class names, one a line (default: COCO where there are 80 classes)')
    .option('--out <dir>', 'folder for the pictures with the detections drawn')
    .option('--json', 'print the detections as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  mlu-parity detect dog.jpg --weights yolox_s.pth --conf 0.25 --nms 0.45 --size 640 --out detected',
    )
    .action(async (images: string[], flags: DetectFlags) => {
      const { detectOnImages } = await import('../detect/detect-on-images.ts');
      finish(await detectOnImages(images, flags));
    });
}
