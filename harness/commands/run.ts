import { type Command, Option } from 'commander';
import { FUNCTIONS } from '../config/option-choices.ts';
import { parseBudget, parseInteger, parseList, parseNumber } from '../config/parse-values.ts';
import type { ExitCode } from '../errors.ts';
import { addCardOptions } from './options/card-options.ts';
import { addDatasetOptions } from './options/dataset-options.ts';
import { addDeviceOptions } from './options/device-options.ts';
import { addLegacyOption, addNetworkOptions } from './options/network-options.ts';
import { addQuantisationOptions } from './options/quantisation-options.ts';
import { addTimingOptions } from './options/timing-options.ts';

export function addRunCommand(program: Command, finish: (code: ExitCode) => void): void {
  const run = program
    .command('run')
    .summary('compare backends on COCO images: mAP drift, tensor and detection differences, latency')
    .description(
      'Runs a YOLOX checkpoint through several backends on COCO images and writes a run folder: run.json (the record), ' +
        'detections/<backend>.json (COCO results) and report.html. The first backend is the reference. Without --weights and --dataset a sample runs: the detector that comes with ' +
        'mlu-parity on 64 scenes drawn here, at 224, all four backends.',
    );
  addNetworkOptions(run);
  run.option(
    '--backends <list>',
    'cpu-float, int16, int8, mlu-online, mlu-offline; the first is the reference (default: cpu-float,int16)',
    parseList,
  );
  addDatasetOptions(run, 'the subset and of the replicates');
  addLegacyOption(run);
  run
    .option('--conf <c>', 'score threshold of the evaluation (default: 0.001)', parseNumber)
    .option('--nms <t>', 'IoU threshold of the evaluation (default: 0.65)', parseNumber)
    .option(
      '--demo-conf <c>',
      'score threshold of kept / lost / gained detections (default: 0.25)',
      parseNumber,
    )
    .option(
      '--demo-nms <t>',
      'IoU threshold of kept / lost / gained detections (default: 0.45)',
      parseNumber,
    );
  addQuantisationOptions(run, {
    scaled: 'the quantised backends',
    bits: 'int16, mlu-online and mlu-offline',
  });
  addCardOptions(run);
  addDeviceOptions(run, { recorded: true });
  run.addOption(
    new Option(
      '--functions <how>',
      'sigmoid and exp of mlu-online and mlu-offline: exact, or a table (default: exact)',
    ).choices([...FUNCTIONS]),
  );
  run.option(
    '--score-core <n>',
    'score the last backend on a card at this core number too, as mlu-offline@<n>: the last step of the drift',
    parseInteger,
  );
  addTimingOptions(run);
  run
    .option('--tuning <file>', 'what tune --out wrote for the same weights and size, to show on the page')
    .option('--latency', 'time the backends, where a configuration file leaves it out')
    .option('--no-latency', 'accuracy only')
    .option(
      '--noise-floor-images <n>',
      'images through the other float engine too (default: 50; 0 = none)',
      parseInteger,
    )
    .option(
      '--budget <figure=loss>',
      'loss allowed against the reference, AP=0.005, or of one backend, mlu-offline:AP=0.01; may be repeated. Exit code 1: a loss beyond it is shown, 4: it is neither shown nor ruled out',
      parseBudget,
    )
    .option(
      '--replicates <n>',
      'of the bootstrap that gives differences their intervals (default: 1000; 0 = none)',
      parseInteger,
    )
    .option('--save-raw', 'keep every raw output as raw/<backend>/<image id>.npy')
    .option(
      '--shard <i/n>',
      'only each nth image, from the ith on, for mlu-parity merge: 2/7; auto takes it from JOB_COMPLETION_INDEX or SLURM_ARRAY_TASK_ID. Not timed without --latency',
    )
    .option('--shards <n>', 'as --shard auto, of n shards', parseInteger)
    .option('--resume <dir>', 'go on with a run that was killed or stopped, with the options it has')
    .option('--config <file>', 'options from a mlu-parity.config.ts; the command line wins')
    .option('--out <dir>', 'run folder, must not exist (default: runs/<time>)')
    .option('--json', 'print the record as JSON instead of the summary')
    .option('--quiet', 'no progress on stderr')
    .addHelpText(
      'after',
      '\nExample:\n  mlu-parity run --weights yolox_nano.pth --dataset coco --backends cpu-float,int16 --calibration coco/train2017',
    )
    .action(async (flags: Record<string, unknown>, command: Command) => {
      const { runFromCommandLine } = await import('../run/run-from-command-line.ts');
      // Commander gives a `--no-…` option a value even when it is absent; only what was typed may override the file.
      const given = Object.fromEntries(
        Object.entries(flags)
          .filter(([key]) => command.getOptionValueSource(key) === 'cli')
          .map(([key, value]) => [key === 'budget' ? 'budgets' : key, value]),
      );
      finish(await runFromCommandLine(given));
    });
}
