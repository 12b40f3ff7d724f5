import { CARDS } from '../../reference/device/index.ts';
import type { PixelSize } from '../../reference/preprocess/index.ts';
import type { BenchRecord, LatencyPoint } from '../../reports/index.ts';
import type { BackendDescription, BackendFactory } from '../backends/backend.ts';
import { nullBackend } from '../backends/null-backend.ts';
import { EXIT, type ExitCode } from '../errors.ts';
import { inOrder } from '../latency/latency-point.ts';
import { imagesNeeded, latencySweep } from '../latency/latency-sweep.ts';
import { floorOf, modelledPoints } from '../latency/modelled-points.ts';
import { inputSizeOf } from '../model/input-size.ts';
import { loadModel, type Model } from '../model/load-model.ts';
import { weightsRecord } from '../model/weights-record.ts';
import { isMlu } from '../run/backend-spec.ts';
import { describeEnvironment } from '../run/environment.ts';
import { prepareBackends } from '../run/prepare-backends.ts';
import type { RunTools } from '../run/run-tools.ts';
import { benchInput } from './bench-input.ts';
import type { BenchOptions } from './bench-options.ts';

type BenchBackend = BenchRecord['backends'][number];

/**
 * Latency alone: each backend at each core number and batch, measured here or modelled on a card.
 * @returns the record and how the command ends: 5 where a backend failed or timed outputs are not the scored ones, 130 where
 *   it was stopped; what was finished is in the record either way.
 * @throws ParityError or DatasetError for inputs that cannot be used.
 */
export async function bench(
  options: BenchOptions,
  { progress, signal, now }: RunTools,
): Promise<{ record: BenchRecord; exitCode: ExitCode }> {
  const startedAt = now();
  const model = await loadModel(options.weights);
  const size = inputSizeOf(options.engines.size ?? undefined, model.variant);
  const prepared = await prepareBackends(model, size, options.engines, { progress, signal });
  const factories = options.backends.flatMap((name): BackendFactory[] => {
    if (name === 'null') return [nullBackend(size, model.variant.classes)];
    return prepared.filter(({ factory }) => factory.name === name).map(({ factory }) => factory);
  });
  const { images, ...input } = await benchInput(
    options,
    size,
    factories.length > 0 ? imagesNeeded(options.batches) : 0,
    { progress, signal },
  );

  const backends = new Map<string, BenchBackend>(
    options.backends.filter(isMlu).map((name) => [name, modelledBackend(name, model, size, options)]),
  );
  const failures: BenchRecord['failures'] = [];
  const warnings = prepared.flatMap((backend) => backend.warnings);
  let mismatches = 0;
  const stopped = await stopOf(
    latencySweep(
      factories,
      images,
      {
        ...options,
        scoredCoreNumber: Math.max(...options.cores),
        floorMs: floorOf(model.graph, size),
        ...{ progress, signal },
      },
      {
        keep: (description, point) => {
          const known = backends.get(description.name)?.latency ?? [];
          backends.set(description.name, asRecorded(description, [...known, point]));
        },
        failed: (backend, reason) => {
          failures.push({ backend, reason });
          progress.note(reason);
        },
        warn: (sentence) => {
          mismatches++;
          warnings.push(sentence);
        },
      },
    ),
    signal,
  );
  return {
    record: {
      schema: 'mlu-parity/bench-record',
      version: 1,
      startedAt: startedAt.toISOString(),
      finishedAt: now().toISOString(),
      status: stopped ? 'incomplete' : 'complete',
      stoppedBy: stopped ? 'interrupted by the user' : null,
      options: { ...options },
      environment: await describeEnvironment(),
      weights: weightsRecord(model, size),
      input: { ...input, images: images.length, size: [size.height, size.width] },
      backends: options.backends.flatMap((name) => backends.get(name) ?? []),
      failures,
      warnings,
    },
    exitCode: stopped ? EXIT.interrupted : failures.length + mismatches > 0 ? EXIT.backend : EXIT.pass,
  };
}

/** Whether Ctrl-C ended it; anything else that was thrown goes on. */
async function stopOf(sweep: Promise<void>, signal: AbortSignal): Promise<boolean> {
  try {
    await sweep;
    return false;
  } catch (error) {
    if (signal.aborted) return true;
    throw error;
  }
}

function asRecorded(
  {
    name,
    precision,
    engine,
    device,
    outputProvenance,
    latencyProvenance,
  }: Omit<BackendDescription, 'coreNumber' | 'decoded'>,
  points: readonly LatencyPoint[],
): BenchBackend {
  return { name, precision, engine, device, outputProvenance, latencyProvenance, latency: inOrder(points) };
}

function modelledBackend(name: string, model: Model, size: PixelSize, options: BenchOptions): BenchBackend {
  const { card, bits, activationBytes } = options.model!;
  const fused = name === 'mlu-offline';
  return asRecorded(
    {
      name,
      precision: `int${bits} with ${activationBytes === 2 ? 'float16' : 'float32'} activations`,
      engine: fused ? 'model of one fused launch' : 'model of a launch for each operator',
      device: CARDS[card.name].name,
      outputProvenance: 'modelled',
      latencyProvenance: 'modelled',
    },
    modelledPoints(model.graph, size, card, options.batches, { bits, activationBytes, fused }),
  );
}
