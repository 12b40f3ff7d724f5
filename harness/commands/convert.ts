import { type Command, Option } from 'commander';
import { parseSize } from '../config/parse-values.ts';
import type { ConvertFlags } from '../convert/convert-weights.ts';
import type { ExitCode } from '../errors.ts';

export function addConvertCommand(program: Command, finish: (code: ExitCode) => void): void {
  program
    .command('convert')
    .summary('rewrite YOLOX weights: legacy .pt for PyTorch 1.3, zip .pth, or ONNX')
    .description(
      'Reads a checkpoint (.pth, .pt) or an export (.onnx) and writes the same weights in another format. The format is ' +
        "taken from OUT's ending: .pt is the legacy format that PyTorch 1.3 reads (it cannot read the zip format of " +
        'newer versions), .pth the zip format, .onnx a network.',
    )
    .argument('<in>', 'weights to read, or random:yolox-s?seed=1')
    .argument('<out>', 'file to write')
    .addOption(
      new Option('--to <format>', "format, whatever OUT's ending").choices(['legacy', 'zip', 'onnx']),
    )
    .option('--size <n|HxW>', 'fixed input size of an ONNX file (default: any)', parseSize)
    .option('--decode', 'decode the boxes inside the ONNX network (needs --size)')
    .option('--force', 'write over an existing file')
    .option('--json', 'print what was written as JSON')
    .addHelpText('after', '\nExample:\n  mlu-parity convert yolox_s.pth yolox_s_unzip.pt')
    .action(async (from: string, to: string, flags: ConvertFlags) => {
      const { convertWeights } = await import('../convert/convert-weights.ts');
      finish(await convertWeights(from, to, flags));
    });
}
