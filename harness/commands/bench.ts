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

export function addBenchCommand(program: Command, finish: (code: ExitCode) => void): void {
  program
    .command('bench')
    .summary('latency by core number and batch, measured here or modelled on a card')
    .description(
      'Times backends at each core number and batch, in turns: p50 with its 95 % interval, percentiles where there are ' +
        'samples enough, images a second. Every timed output is held against the scored one. mlu-online and mlu-offline are ' +
        'modelled on a card: computed from its peaks, measured nowhere.',
    )
    .option('--weights <file>', 'checkpoint .pth / .pt, export .onnx, or random:yolox-s?seed=1')
    .option(
      '--backends <list>',
      'cpu-float, int16, int8, null (what measuring costs), mlu-online, mlu-offline (default: cpu-float)',
      parseList,
    )
    .option(
      '--cores <list>',
      'threads, or cores of the card (default: 1 and all; of a card 1,2,4,8,16)',
      parseIntegerList,
    )
    .option('--batch <list>', 'images a request (default: 1)', parseIntegerList)
    .option('--size <n|HxW>', 'network input (default: 416 for nano and tiny, 640 otherwise)', parseSize)
    .addOption(
      new Option('--engine <name>', 'float engine (default: onnxruntime)').choices(['onnxruntime', 'tfjs']),
    )
    .option('--latency-samples <n>', 'timed inferences a point (default: 130, enough for p95)', parseInteger)
    .option('--latency-seconds <s>', 'bound on the time of one point (default: 20)', parseNumber)
    .option(
      '--seed <s>',
      'seed of the order of the points, and of synthetic images (default: 0)',
      parseInteger,
    )
    .option('--image <file>', 'picture to time on (default: synthetic noise)')
    .option('--dataset <dir>', 'COCO folder whose first images to time on')
    .option('--split <name>', 'split of --dataset, where it has several (default: val2017)')
    .option('--legacy', 'preprocess for weights from before YOLOX 0.1.1: RGB, /255, mean and std')
    .addOption(
      new Option('--card <name>', 'card of mlu-online and mlu-offline (default: mlu270)').choices(CARD_NAMES),
    )
    .addOption(
      new Option(
        '--activations <type>',
        "of the card's model: what lies in its memory between layers (default: float32)",
      ).choices(['float32', 'float16']),
    )
    .addOption(
      new Option('--bits <n>', 'bits of int16 and of the modelled backends, 16 or 8 (default: 16)').argParser(
        parseInteger,
      ),
    )
    .option('--calibration <dir>', 'folder of images to take the input scales of int16 and int8 from')
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
    .option('--out <file>', 'write the record, every sample in it, as JSON')
    .option('--json', 'print the record as JSON instead of the table')
    .option('--quiet', 'no progress on stderr')
    .addHelpText(
      'after',
      '\nExample:\n  mlu-parity bench --weights yolox_nano.pth --backends cpu-float,mlu-offline --cores 1,2,4 --batch 1,4',
    )
    .action(async (flags: Record<string, unknown>) => {
      const { benchFromCommandLine } = await import('../bench/bench-from-command-line.ts');
      finish(await benchFromCommandLine(flags));
    });
}
