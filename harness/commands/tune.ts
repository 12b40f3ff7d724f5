import { type Command, Option } from 'commander';
import {
  parseInteger,
  parseIntegerList,
  parseNumber,
  parseQuantized,
  parseSize,
} from '../config/parse-values.ts';
import { QUANTIZED_BACKENDS } from '../config/run-config.ts';
import type { ExitCode } from '../errors.ts';
import { CARD_NAMES } from '../latency/card-choice.ts';

export function addTuneCommand(program: Command, finish: (code: ExitCode) => void): void {
  program
    .command('tune')
    .summary('choose the core number and batch size for latency or throughput')
    .description(
      'Times a backend at several core numbers and batch sizes and chooses among them, measuring no more than it takes to ' +
        'tell; ends with 4 where that cannot be told. A core number of a CPU is a thread count.',
    )
    .option('--weights <file>', 'checkpoint .pth / .pt, export .onnx, or random:yolox-s?seed=1')
    .addOption(
      new Option(
        '--backend <name>',
        'what to time: a backend of this CPU, or mlu-online or mlu-offline, modelled on a card (default: cpu-float)',
      ).choices(['cpu-float', ...QUANTIZED_BACKENDS]),
    )
    .addOption(
      new Option('--engine <name>', 'float engine (default: onnxruntime)').choices(['onnxruntime', 'tfjs']),
    )
    .option('--cores <list>', 'core numbers to try (default: powers of two, and all)', parseIntegerList)
    .option('--batch <list>', 'batch sizes to try (default: 1; for throughput 1,2,4,8)', parseIntegerList)
    .addOption(
      new Option(
        '--objective <what>',
        'lowest p50 or p99 of a request, or highest throughput (default: p50)',
      ).choices(['p50', 'p99', 'throughput']),
    )
    .option('--p99-limit <ms>', 'highest throughput among the points whose p99 is under this', parseNumber)
    .option('--margin <percent>', 'a loss that does not matter (default: 1)', parseNumber)
    .addOption(
      new Option('--card <name>', 'card of mlu-online and mlu-offline (default: mlu270)').choices(CARD_NAMES),
    )
    .addOption(
      new Option('--activations <type>', "values in the card's memory (default: float32)").choices([
        'float32',
        'float16',
      ]),
    )
    .option('--max-seconds <s>', 'bound on the time of the measurement (default: 120)', parseNumber)
    .option('--size <n|HxW>', 'network input (default: 416 for nano and tiny, 640 otherwise)', parseSize)
    .option('--seed <s>', 'seed of pixels, orders and bootstrap (default: 0)', parseInteger)
    .option('--calibration <dir>', 'folder of images to take the input scales of int16 or int8 from')
    .option(
      '--calibration-images <n>',
      'how many of them, in order of their names (default: 8)',
      parseInteger,
    )
    .option('--headroom <f>', 'factor on the calibrated absmax (default: 1)', parseNumber)
    .option('--percentile <p>', 'calibrate on this percentile of |x| instead of the absmax', parseNumber)
    .option('--per-channel', 'one weight scale per output channel instead of per tensor')
    .option('--legacy', 'preprocess calibration images for weights from before YOLOX 0.1.1')
    .option(
      '--quantized <file>',
      'checkpoint as MLU PyTorch saves it, to take the scales from',
      parseQuantized,
    )
    .option('--bits <n>', 'bits of int16 and of a modelled card, 16 or 8 (default: 16)', parseInteger)
    .addOption(
      new Option('--execution <how>', 'quantised convolutions (default: exact)').choices(['exact', 'fast']),
    )
    .addOption(
      new Option('--rounding <mode>', 'ties of the quantiser (default: half-away-from-zero)').choices([
        'half-away-from-zero',
        'half-to-even',
        'half-up',
      ]),
    )
    .option('--out <file>', 'write the result as JSON there too')
    .option('--json', 'print the result as JSON instead of tables')
    .option('--quiet', 'no progress on stderr')
    .addHelpText(
      'after',
      '\nExample:\n  mlu-parity tune --weights yolox_s.pth --cores 1,2,4 --batch 1,4 --objective throughput --p99-limit 200',
    )
    .action(async (flags: Record<string, unknown>) => {
      const { tuneFromCommandLine } = await import('../tune/tune-from-command-line.ts');
      finish(await tuneFromCommandLine(flags));
    });
}
