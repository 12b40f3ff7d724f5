import { type Command, Option } from 'commander';
import { EXECUTIONS, ROUNDINGS } from '../../config/option-choices.ts';
import { parseInteger, parseNumber, parseQuantized } from '../../config/parse-values.ts';

/**
 * Scales of the quantised backends, and how those run.
 * @param scaled backends that take scales in this command.
 * @param bits what `--bits` is of.
 */
export function addQuantisationOptions(
  command: Command,
  { scaled, bits }: { readonly scaled: string; readonly bits: string },
): void {
  command
    .option(
      '--calibration <dir>',
      `folder of images to take the input scales of ${scaled} from, or scenes:COUNT?seed=N`,
    )
    .option(
      '--calibration-images <n>',
      'how many of them, in order of their names (default: 8)',
      parseInteger,
    )
    .option('--headroom <f>', 'factor on the calibrated absmax (default: 1)', parseNumber)
    .option('--percentile <p>', 'calibrate on this percentile of |x| instead of the absmax', parseNumber)
    .option('--per-channel', 'one weight scale per output channel instead of per tensor')
    .option(
      '--quantized <[backend=]file>',
      'checkpoint as MLU PyTorch saves it, to take the scales and its weights from instead',
      parseQuantized,
    )
    .option('--bits <n>', `bits of ${bits}, 16 or 8 (default: 16)`, parseInteger)
    .addOption(
      new Option(
        '--execution <how>',
        'convolutions of int16 and int8: exact integers, or fast float32 (default: exact)',
      ).choices([...EXECUTIONS]),
    )
    .addOption(
      new Option('--rounding <mode>', 'ties of the quantiser (default: half-away-from-zero)').choices([
        ...ROUNDINGS,
      ]),
    );
}
