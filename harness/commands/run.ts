import { type Command, Option } from 'commander';
import {
  parseInteger,
  parseIntegerList,
  parseList,
  parseNumber,
  parseQuantized,
  parseSize,
} from '../config/parse-values.ts';
import type { ExitCode } from '../errors.ts';
import { CARD_NAMES } from '../latency/card-choice.ts';

export function addRunCommand(program: Command, finish: (code: ExitCode) => void): void {
  program
    .command('run')
    .summary('compare backends on COCO images: mAP drift, tensor and detection differences, latency')
    .description(
      'Runs a YOLOX checkpoint through several backends on COCO images and writes a run folder: run.json (the record), ' +
        'detections/<backend>.json (COCO results) and report.html. The first backend is the reference.',
    )
    .option('--weights <file>', 'checkpoint .pth / .pt, export .onnx, or random:yolox-s?seed=1')
    .option(
      '--dataset <dir>',
      'COCO folder: annotations/ beside the images of a split, or instances*.json beside images/; or scenes:COUNT?seed=N, drawn here',
    )
    .option('--annotations <file>', 'COCO annotation file, with --image-dir instead of --dataset')
    .option('--image-dir <dir>', 'folder of the images of --annotations')
    .option('--split <name>', 'split of --dataset, where it has several (default: val2017)')
    .option(
      '--backends <list>',
      'cpu-float, int16, int8, mlu-online, mlu-offline; the first is the reference (default: cpu-float,int16)',
      parseList,
    )
    .addOption(
      new Option('--engine <name>', 'float engine (default: onnxruntime)').choices(['onnxruntime', 'tfjs']),
    )
    .option('--size <n|HxW>', 'network input (default: 416 for nano and tiny, 640 otherwise)', parseSize)
    .option('--conf <c>', 'score threshold of the evaluation (default: 0.001)', parseNumber)
    .option('--nms <t>', 'IoU threshold of the evaluation (default: 0.65)', parseNumber)
    .option(
      '--demo-conf <c>',
      'score threshold of kept / lost / gained detections (default: 0.25)',
      parseNumber,
    )
    .option('--demo-nms <t>', 'IoU threshold of kept / lost / gained detections (default: 0.45)', parseNumber)
    .option(
      '--images <n>',
      'a deterministic subset of n images that keeps the mix of categories',
      parseInteger,
    )
    .option('--seed <s>', 'seed of the subset (default: 0)', parseInteger)
    .option('--image-ids <list>', 'these image ids only', parseIntegerList)
    .option('--image-list <file>', 'image ids or file names, one a line')
    .option('--legacy', 'preprocess for weights from before YOLOX 0.1.1: RGB, /255, mean and std')
    .option('--calibration <dir>', 'folder of images to take the input scales from, or scenes:COUNT?seed=N')
    .option(
      '--calibration-images <n>',
      'how many of them, in order of their names (default: 8)',
      parseInteger,
    )
    .option('--headroom <f>', 'factor on the calibrated absmax (default: 1)', parseNumber)
    .option('--percentile <p>', 'calibrate on this percentile of |x| instead of the absmax', parseNumber)
    .option(
      '--quantized <[backend=]file>',
      'checkpoint as MLU PyTorch saves it, with scale and quantized_mode',
      parseQuantized,
    )
    .addOption(
      new Option('--bits <n>', 'bits of int16, mlu-online and mlu-offline, 16 or 8 (default: 16)').argParser(
        parseInteger,
      ),
    )
    .addOption(
      new Option(
        '--execution <how>',
        'quantised convolutions: exact integers, or fast float32 (default: exact)',
      ).choices(['exact', 'fast']),
    )
    .addOption(
      new Option('--rounding <mode>', 'ties of the quantiser (default: half-away-from-zero)').choices([
        'half-away-from-zero',
        'half-to-even',
        'half-up',
      ]),
    )
    .option('--per-channel', 'one weight scale per output channel instead of per tensor')
    .addOption(
      new Option(
        '--activations <type>',
        "values in the card's memory, mlu-online and mlu-offline (default: float32)",
      ).choices(['float32', 'float16']),
    )
    .addOption(
      new Option(
        '--functions <how>',
        'sigmoid and exp of mlu-online and mlu-offline: exact, or a table (default: exact)',
      ).choices(['exact', 'table']),
    )
    .option(
      '--cores <list>',
      'threads to time, and cores of the card to model (default: 1 and all; of a card 1,2,4,8,16)',
      parseIntegerList,
    )
    .option('--batch <list>', 'batch sizes to time, e.g. 1,4 (default: 1)', parseIntegerList)
    .option('--latency-samples <n>', 'timed inferences a point (default: 130, enough for p95)', parseInteger)
    .option('--latency-seconds <s>', 'bound on the time of one point (default: 20)', parseNumber)
    .addOption(
      new Option(
        '--card <name>',
        'card that the latency of mlu-online and mlu-offline is modelled on (default: mlu270)',
      ).choices(CARD_NAMES),
    )
    .option('--tuning <file>', 'what tune --out wrote for the same weights and size, to show on the page')
    .option('--latency', 'time the backends, where a configuration file leaves it out')
    .option('--no-latency', 'accuracy only')
    .option(
      '--noise-floor-images <n>',
      'images through the other float engine too (default: 50; 0 = none)',
      parseInteger,
    )
    .option('--save-raw', 'keep every raw output as raw/<backend>/<image id>.npy')
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
        Object.entries(flags).filter(([key]) => command.getOptionValueSource(key) === 'cli'),
      );
      finish(await runFromCommandLine(given));
    });
}
