import { type Command, Option } from 'commander';
import { CORE_VERSIONS } from '../config/option-choices.ts';
import { parseInteger, parseIntegerList, parseList } from '../config/parse-values.ts';
import type { ExitCode } from '../errors.ts';
import { addDatasetOptions } from './options/dataset-options.ts';
import { addLegacyOption, addSizeOption } from './options/network-options.ts';

const EXAMPLE =
  '\nExample:\n  mlu-parity record plan --weights yolox_nano.pth --dataset coco --images 100 --quantized yolox_nano_int16.pt --cores 4,1,16 --out plan';

export function addRecordCommand(program: Command, finish: (code: ExitCode) => void): void {
  const record = program
    .command('record')
    .summary('have a card run where no connection leads: write what it is to be given')
    .description(
      'For a card whose host cannot be reached from here: `record plan` writes a folder to take there, the agent in it runs it ' +
        '(`python3 PLAN/agent record PLAN --out OUT`), and `run --mlu-online bundle:OUT --mlu-offline bundle:OUT` evaluates what came out. With --json it prints one JSON document.',
    )
    .addHelpText('after', EXAMPLE);
  const plan = record
    .command('plan')
    .summary('write the folder: inputs, checkpoint, offline models, and the agent that runs them')
    .description(
      'Letterboxes the images and writes them with the quantised checkpoint, offline models and the agent to a folder that is all the host of the card needs.',
    )
    .option('--weights <file>', 'the float checkpoint .pth / .pt, export .onnx, or random:yolox-s?seed=1')
    .option(
      '--quantized <file>',
      'checkpoint as MLU PyTorch saves it: mlu-online runs it, and offline models are exported from it',
    )
    .option(
      '--offline-model <file...>',
      '.cambricon models for mlu-offline, one for each core number; 4=FILE where no FILE_twins tells it (default: exported by the agent)',
    );
  addDatasetOptions(plan);
  addSizeOption(plan);
  addLegacyOption(plan);
  plan
    .option('--backends <list>', 'mlu-online, mlu-offline (default: both)', parseList)
    .option(
      '--cores <list>',
      'core numbers to time; outputs are those of 4, or of the first where 4 is not among them (default: those of the offline models, or 4)',
      parseIntegerList,
    )
    .addOption(
      new Option('--core-version <card>', 'card to compile for (default: MLU270)').choices(CORE_VERSIONS),
    )
    .option('--latency-requests <n>', 'timed inferences for each core number (default: 150)', parseInteger)
    .option('--out <dir>', 'folder to write, must not exist')
    .option('--json', 'print what is in the folder as JSON')
    .option('--quiet', 'no progress on stderr')
    .addHelpText('after', EXAMPLE)
    .action(async (flags: Record<string, unknown>) => {
      const { planFromCommandLine } = await import('../record/plan-from-command-line.ts');
      finish(await planFromCommandLine(flags));
    });
}
