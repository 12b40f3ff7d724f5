import { type Command, Option } from 'commander';
import { QUANTIZED_BACKENDS } from '../config/option-choices.ts';
import { parseInteger, parseIntegerList, parseNumber } from '../config/parse-values.ts';
import type { ExitCode } from '../errors.ts';
import { addCardOptions } from './options/card-options.ts';
import { addDeviceOptions } from './options/device-options.ts';
import { addLegacyOption, addNetworkOptions } from './options/network-options.ts';
import { addQuantisationOptions } from './options/quantisation-options.ts';

export function addTuneCommand(program: Command, finish: (code: ExitCode) => void): void {
  const tune = program
    .command('tune')
    .summary('choose the core number and batch size for latency or throughput')
    .description(
      'Times a backend at several core numbers and batch sizes and chooses among them, measuring no more than it takes to ' +
        'tell; ends with 4 where that cannot be told. A core number of a CPU is a thread count.',
    );
  addNetworkOptions(tune);
  tune
    .addOption(
      new Option(
        '--backend <name>',
        'what to time: a backend of this CPU, or mlu-online or mlu-offline, modelled on a card (default: cpu-float)',
      ).choices(['cpu-float', ...QUANTIZED_BACKENDS]),
    )
    .option(
      '--cores <list>',
      'threads, or cores of the card, to try (default: powers of two up to all, and all)',
      parseIntegerList,
    )
    .option(
      '--batch <list>',
      'images a request to try (default: 1; for throughput 1,2,4,8)',
      parseIntegerList,
    )
    .addOption(
      new Option(
        '--objective <what>',
        'lowest p50 or p99 of a request, or highest throughput (default: p50; a modelled card has no p99)',
      ).choices(['p50', 'p99', 'throughput']),
    )
    .option('--p99-limit <ms>', 'highest throughput among the points whose p99 is under this', parseNumber)
    .option('--margin <percent>', 'a loss that does not matter (default: 1)', parseNumber)
    .option('--max-seconds <s>', 'bound on the time of the measurement (default: 120)', parseNumber)
    .option('--seed <s>', 'seed of pixels, orders and bootstrap (default: 0)', parseInteger);
  addCardOptions(tune);
  addDeviceOptions(tune, { recorded: false });
  addQuantisationOptions(tune, { scaled: 'int16 or int8', bits: 'int16 and of a modelled card' });
  addLegacyOption(tune, 'calibration images');
  tune
    .option('--out <file>', 'write the result as JSON there too; the file must not exist')
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
