import type { BackendRecord, LatencyPoint, RunRecord } from '../../../reports/record/index.ts';
import { hashOfJson } from './canonical-json.ts';

/** What a series is of: COCO's figures, differences from the reference backend, or times. */
export type SeriesKind = 'accuracy' | 'drift' | 'latency';

/** Everything that must be equal for figures of two runs to be comparable. Plain JSON; versions of software are not in it. */
export interface SeriesKey {
  readonly kind: SeriesKind;
  readonly backend: string;
  readonly data: {
    readonly annotationsSha256: string;
    readonly images: number;
    /** Of the ids of the images, in their order. */
    readonly imageIdsSha256: string;
  };
  readonly weights: { readonly sha256: string; readonly variant: string };
  readonly size: unknown;
  readonly preprocessing: 'legacy' | 'current';
  readonly thresholds: unknown;
  readonly runs: BackendIdentity;
  /** What the differences are from; of drift alone. */
  readonly reference?: BackendIdentity;
  readonly timing?: TimingIdentity;
}

/** What computes the outputs of a backend. */
interface BackendIdentity {
  readonly name: string;
  readonly precision: string;
  /** Without its version: a new one that moves figures is to be seen in the series. */
  readonly engine: string;
  readonly device: string;
  readonly outputs: string;
  /** Of a card, where another one may round otherwise; a CPU's threads add up the same. */
  readonly coreNumber: number | null;
  readonly emulation: BackendRecord['emulation'] | null;
  readonly quantization: unknown;
  /** SHA-256 of the offline model that was given for this core number and batch; null where none was. */
  readonly offlineModel: string | null;
}

interface TimingIdentity {
  readonly clock: 'host' | 'device';
  readonly provenance: string;
  readonly coreNumber: number;
  readonly batch: number;
  /** Where it was timed here: another machine has other times. */
  readonly machine: { readonly cpu: string; readonly cores: number } | null;
  readonly modelled: unknown;
}

/** Of accuracy figures. */
export function accuracyKey(record: RunRecord, backend: BackendRecord): SeriesKey {
  const { options, dataset, weights } = record;
  return {
    kind: 'accuracy',
    backend: backend.name,
    data: {
      annotationsSha256: dataset.annotationsSha256,
      images: dataset.images,
      imageIdsSha256: hashOfJson(dataset.imageIds),
    },
    weights: { sha256: weights.sha256, variant: weights.variant },
    size: options.size ?? null,
    preprocessing: options.legacy === true ? 'legacy' : 'current',
    thresholds: options.thresholds ?? null,
    runs: identityOf(record, backend),
  };
}

/** Of what a backend's outputs and figures are off the reference's. */
export function driftKey(record: RunRecord, backend: BackendRecord, reference: BackendRecord): SeriesKey {
  return { ...accuracyKey(record, backend), kind: 'drift', reference: identityOf(record, reference) };
}

/** Of the times of one point on one clock. */
export function latencyKey(
  record: RunRecord,
  backend: BackendRecord,
  point: LatencyPoint,
  clock: 'host' | 'device',
): SeriesKey {
  const { cpu, cores } = record.environment;
  const here = point.provenance === 'measured' && backend.timedOn === undefined;
  const { card, bits, activationBytes, fused, launchMs, perCoreMs } = point.modelled ?? {};
  const scored = accuracyKey(record, backend);
  return {
    ...scored,
    kind: 'latency',
    runs: { ...scored.runs, offlineModel: offlineModelOf(backend, point) },
    timing: {
      clock,
      provenance: point.provenance,
      coreNumber: point.coreNumber,
      batch: point.batch,
      machine: here ? { cpu, cores } : null,
      modelled: point.modelled && { card, bits, activationBytes, fused, launchMs, perCoreMs },
    },
  };
}

function identityOf({ options }: RunRecord, backend: BackendRecord): BackendIdentity {
  const onCard = backend.timedOn !== undefined;
  return {
    name: backend.name,
    precision: backend.precision,
    engine: withoutVersion(backend.engine),
    device: backend.device,
    outputs: backend.outputProvenance,
    coreNumber: onCard ? backend.coreNumber : null,
    emulation: backend.emulation ?? null,
    quantization: backend.quantization
      ? quantizationOf(backend.quantization, options.quantization)
      : backend.recordedFrom
        ? { scales: checkpointScales(backend.recordedFrom.sha256) }
        : null,
    offlineModel: offlineModelOf(backend, { coreNumber: backend.coreNumber, batch: SCORED_BATCH }),
  };
}

/** Outputs are scored image by image. */
const SCORED_BATCH = 1;

function offlineModelOf(
  { offlineModels = [] }: BackendRecord,
  { coreNumber, batch }: Pick<LatencyPoint, 'coreNumber' | 'batch'>,
): string | null {
  const own = offlineModels.find((model) => model.coreNumber === coreNumber && model.batch === batch);
  return own?.sha256 ?? null;
}

function quantizationOf(
  { bits, execution, rounding, weightScales, source }: NonNullable<BackendRecord['quantization']>,
  options: unknown,
): unknown {
  const { headroom = null, percentile = null } = (options ?? {}) as Record<string, unknown>;
  return {
    ...{ bits, execution, rounding, weightScales },
    // A checkpoint is what its hash says; of calibration images the record has but the words.
    scales:
      source.kind === 'checkpoint' && source.sha256 !== undefined
        ? checkpointScales(source.sha256)
        : { ...source, headroom, percentile },
  };
}

const checkpointScales = (sha256: string) => ({ kind: 'checkpoint', sha256 });

/** `onnxruntime-node 1.30.0` → `onnxruntime-node`. */
function withoutVersion(engine: string): string {
  return engine.replace(/\s+v?\d[\w.+-]*/g, '');
}
