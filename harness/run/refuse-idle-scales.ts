import { flagOf } from '../config/flag-of.ts';
import { QUANTIZED_BACKENDS } from '../config/option-choices.ts';
import { listOf } from '../config/refuse-idle.ts';
import type { RunConfig } from '../config/run-config.ts';
import { UsageError } from '../errors.ts';
import { checkpointOf, isMlu, type QuantizedName } from './backend-spec.ts';

const OF_CALIBRATION = [
  'calibration',
  'calibrationImages',
  'headroom',
  'percentile',
  'perChannel',
] as const satisfies (keyof RunConfig)[];

/**
 * Refuses a calibration beside checkpoints that have all the scales already, and a checkpoint of a backend that takes none.
 * @param quantized the backends that take scales.
 * @param calibratable those of them that can take them from a calibration made here.
 */
export function refuseIdleScales(
  config: RunConfig,
  {
    quantized,
    calibratable,
  }: { readonly quantized: readonly QuantizedName[]; readonly calibratable: readonly QuantizedName[] },
  typed: RunConfig,
): void {
  if (quantized.length === 0) {
    if (typed.quantized === undefined || !config.backends?.some(isMlu)) return;
    throw new UsageError(
      `${flagOf('quantized', typed.quantized)} has no effect: what --mlu-offline model: names is run as it is; leave out one of the two`,
    );
  }
  const calibrated = calibratable.some((name) => checkpointOf(config, name) === undefined);
  const unread = calibrated ? undefined : OF_CALIBRATION.find((option) => typed[option] !== undefined);
  if (unread !== undefined) {
    throw new UsageError(
      `${flagOf(unread, typed[unread])} has no effect: ${listOf(calibratable)} takes its scales from --quantized; leave out one of the two`,
    );
  }
  const unused = QUANTIZED_BACKENDS.find(
    (name) => typed.quantized?.[name] !== undefined && !quantized.includes(name),
  );
  if (unused !== undefined) {
    throw new UsageError(
      `${flagOf('quantized', { [unused]: typed.quantized![unused] })} has no effect: of --backends only ${listOf(quantized)} takes scales; leave the file out, or add its backend`,
    );
  }
}
