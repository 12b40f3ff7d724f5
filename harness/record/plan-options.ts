import { z } from 'zod';
import { CARDS } from '../../reference/device/index.ts';
import { COMMAND_LINE, checkValue } from '../config/load-config.ts';
import { CORE_VERSIONS, MLU_BACKENDS, type MluBackendName } from '../config/option-choices.ts';
import { runConfigSchema } from '../config/run-config.ts';
import { UsageError } from '../errors.ts';
import { type DataOptions, refuseIdleData, resolveDataOptions } from '../run/data-options.ts';

const path = z.string().min(1);

const planConfigSchema = z.strictObject({
  ...runConfigSchema.pick({
    ...{ weights: true, size: true, legacy: true, cores: true },
    ...{ dataset: true, annotations: true, imageDir: true, split: true },
    ...{ images: true, seed: true, imageIds: true, imageList: true },
  }).shape,
  backends: z.array(z.enum(MLU_BACKENDS)).min(1).optional(),
  quantized: path.optional(),
  offlineModel: z.array(path).min(1).optional(),
  coreVersion: z.enum(CORE_VERSIONS).optional(),
  latencyRequests: z.number().int().min(5).max(1_000_000).optional(),
  out: path.optional(),
});

export interface PlanOptions extends DataOptions {
  readonly weights: string;
  readonly size: number | readonly [number, number] | null;
  readonly legacy: boolean;
  readonly backends: readonly MluBackendName[];
  /** Null where every backend runs offline models that are given. */
  readonly quantized: string | null;
  /** Values of `--offline-model`; none = the device's host exports them. */
  readonly offlineModels: readonly string[];
  /** Null: those of the offline models, or the usual one. */
  readonly cores: readonly number[] | null;
  readonly coreVersion: (typeof CORE_VERSIONS)[number];
  readonly latencyRequests: number;
  readonly out: string;
}

/** Enough for a p95 once a warm-up is taken off. */
const LATENCY_REQUESTS = 150;

/** @throws UsageError for a wrong value, a missing option, and one that has no effect. */
export function resolvePlanOptions(given: object): PlanOptions {
  const config = checkValue(planConfigSchema, given, COMMAND_LINE);
  const { weights, quantized, out } = config;
  const { backends: names = [...MLU_BACKENDS], offlineModel = [], coreVersion = 'MLU270', ...rest } = config;
  if (weights === undefined || out === undefined) {
    throw new UsageError(
      `--${weights === undefined ? 'weights' : 'out'} is missing: see mlu-parity record plan --help`,
    );
  }
  if (rest.dataset === undefined && rest.annotations === undefined) {
    throw new UsageError('--dataset is missing: give --dataset DIR (a COCO folder) or scenes:COUNT?seed=N');
  }
  if (offlineModel.length > 0 && !names.includes('mlu-offline')) {
    throw new UsageError(
      `--offline-model ${offlineModel[0]} has no effect: --backends does not name mlu-offline; leave it out, or add the backend`,
    );
  }
  const ofCheckpoint = names.includes('mlu-online') || offlineModel.length === 0;
  if (ofCheckpoint && quantized === undefined) {
    throw new UsageError(
      '--quantized is missing: give the checkpoint that MLU PyTorch saved, which mlu-online runs and offline models are exported from',
    );
  }
  if (!ofCheckpoint && quantized !== undefined) {
    throw new UsageError(
      `--quantized ${quantized} has no effect: mlu-offline runs --offline-model; leave out one of the two`,
    );
  }
  const { cores } = CARDS[coreVersion === 'MLU270' ? 'mlu270' : 'mlu220'];
  const beyond = config.cores?.find((count) => count > cores);
  if (beyond !== undefined) {
    throw new UsageError(`--cores ${beyond} cannot be planned: the ${coreVersion} has ${cores} cores`);
  }
  const dataOptions = resolveDataOptions(config as object);
  refuseIdleData(config as object, config as object);
  return {
    ...dataOptions,
    weights,
    size: config.size ?? null,
    legacy: config.legacy ?? false,
    backends: MLU_BACKENDS.filter((name) => names.includes(name)),
    quantized: quantized ?? null,
    offlineModels: offlineModel,
    cores: config.cores === undefined ? null : [...new Set(config.cores)],
    coreVersion,
    latencyRequests: config.latencyRequests ?? LATENCY_REQUESTS,
    out,
  };
}
