import type { Command } from 'commander';
import { parseInteger, parseList } from '../config/parse-values.ts';
import type { ExitCode } from '../errors.ts';
import { addCardOptions } from './options/card-options.ts';
import { addDeviceOptions } from './options/device-options.ts';
import { addLegacyOption, addNetworkOptions } from './options/network-options.ts';
import { addQuantisationOptions } from './options/quantisation-options.ts';
import { addTimingOptions } from './options/timing-options.ts';

export function addBenchCommand(program: Command, finish: (code: ExitCode) => void): void {
  const bench = program
    .command('bench')
    .summary('latency by core number and batch, measured here or modelled on a card')
    .description(
      'Times backends at each core number and batch, in turns: p50 with its 95 % interval, percentiles where there are ' +
        'samples enough, images a second. Every timed output is held against the scored one. mlu-online and mlu-offline are ' +
        'modelled on a card: computed from its peaks, measured nowhere.',
    );
  addNetworkOptions(bench);
  bench.option(
    '--backends <list>',
    'cpu-float, int16, int8, null (what measuring costs), mlu-online, mlu-offline (default: cpu-float)',
    parseList,
  );
  addTimingOptions(bench);
  bench
    .option(
      '--seed <s>',
      'seed of the order of the points, and of synthetic images (default: 0)',
      parseInteger,
    )
    .option('--image <file>', 'picture to time on (default: synthetic noise)')
    .option('--dataset <dir>', 'COCO folder whose first images to time on, or scenes:COUNT?seed=N')
    .option('--split <name>', 'split of --dataset, where it has several (default: val2017)');
  addLegacyOption(bench);
  addCardOptions(bench);
  addDeviceOptions(bench, { recorded: false });
  addQuantisationOptions(bench, { scaled: 'int16 and int8', bits: 'int16 and of the modelled backends' });
  bench
    .option(
      '--out <file>',
      'write the record, every sample in it, as JSON, after each point; the file must not exist',
    )
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
