import { QUANTIZED_BACKENDS, type RunConfig } from '../config/run-config.ts';
import { UsageError } from '../errors.ts';
import { type BackendSpec, checkpointOf, isMlu } from './backend-spec.ts';

/** Options of the quantised backends, of calibration, and of emulated cards: by their keys, as they are typed. */
const OF_QUANTIZED = {
  quantized: '--quantized',
  execution: '--execution',
  rounding: '--rounding',
  bits: '--bits',
} as const;
const OF_CALIBRATION = {
  calibration: '--calibration',
  calibrationImages: '--calibration-images',
  headroom: '--headroom',
  percentile: '--percentile',
  perChannel: '--per-channel',
} as const;
const OF_EMULATED = { activations: '--activations', functions: '--functions', card: '--card' } as const;
const OF_LATENCY = {
  cores: '--cores',
  batch: '--batch',
  latencySamples: '--latency-samples',
  latencySeconds: '--latency-seconds',
  card: '--card',
} as const;

/** An option that changes nothing was given for an effect that the user would look for in vain. */
export function refuseWithoutEffect(
  config: RunConfig,
  backends: readonly BackendSpec[],
  typed: RunConfig,
): void {
  const given = (options: Partial<Record<keyof RunConfig, string>>): string | undefined =>
    Object.entries(options).find(([key]) => typed[key as keyof RunConfig] !== undefined)?.[1];
  const quantized = backends.flatMap(({ name }) => (name === 'cpu-float' ? [] : [name]));

  const emulated = quantized.filter(isMlu);
  const unfelt = emulated.length === 0 ? given(OF_EMULATED) : undefined;
  if (unfelt !== undefined) {
    throw new UsageError(
      `${unfelt} has no effect: it belongs to mlu-online and mlu-offline, and --backends names neither; leave it out, or add one`,
    );
  }
  const idle = quantized.length === 0 ? given({ ...OF_QUANTIZED, ...OF_CALIBRATION }) : undefined;
  if (idle !== undefined) {
    throw new UsageError(
      `${idle} has no effect: no backend of --backends is quantised; leave it out, or add one of ${QUANTIZED_BACKENDS.join(', ')}`,
    );
  }
  if (typed.bits !== undefined && quantized.every((name) => name === 'int8')) {
    throw new UsageError(
      `--bits ${typed.bits} has no effect: int8 has 8, and --backends names no other quantised backend; leave it out`,
    );
  }
  if (typed.execution !== undefined && emulated.length === quantized.length) {
    throw new UsageError(
      `--execution ${typed.execution} has no effect: ${emulated.join(' and ')} always runs exact; leave it out, or add int16`,
    );
  }
  const calibrated = quantized.some((name) => checkpointOf(config, name) === undefined);
  const unread = calibrated ? undefined : given(OF_CALIBRATION);
  if (unread !== undefined) {
    throw new UsageError(
      `${unread} has no effect: ${quantized.join(' and ')} takes its scales from --quantized; leave out one of the two`,
    );
  }
  const unused = QUANTIZED_BACKENDS.find(
    (name) => typed.quantized?.[name] !== undefined && !quantized.includes(name),
  );
  if (unused !== undefined) {
    throw new UsageError(
      `--quantized ${unused}=${typed.quantized?.[unused]} has no effect: --backends does not name ${unused}; add it, or leave the file out`,
    );
  }
  const untimed = config.latency === false ? given(OF_LATENCY) : undefined;
  if (untimed !== undefined) {
    throw new UsageError(`${untimed} has no effect with --no-latency: leave out one of the two`);
  }
  if (typed.split !== undefined && config.annotations !== undefined) {
    throw new UsageError(
      '--split has no effect with --annotations, which name one file: leave it out, or give --dataset',
    );
  }
  if (typed.seed !== undefined && config.images === undefined) {
    throw new UsageError(
      '--seed has no effect without --images, whose subset it chooses: add it, or leave the seed out',
    );
  }
}
