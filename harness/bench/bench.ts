import { availableParallelism } from 'node:os';
import type { PixelSize } from '../../reference/preprocess/index.ts';
import type { BenchRecord, LatencyPoint } from '../../reports/index.ts';
import type { BackendDescription } from '../backends/backend.ts';
import { EXIT, type ExitCode } from '../errors.ts';
import { scoredCoreNumber, timedCoreNumbers } from '../latency/card-choice.ts';
import { leftToCardSentence, scoringThreads } from '../latency/cpu-cores.ts';
import { inOrder } from '../latency/latency-point.ts';
import { imagesNeeded, latencySweep } from '../latency/latency-sweep.ts';
import { modelledCard } from '../latency/modelled-card.ts';
import { floorOf, modelledPoints } from '../latency/modelled-points.ts';
import { inputSizeOf } from '../model/input-size.ts';
import { loadModel, type Model } from '../model/load-model.ts';
import { weightsRecord } from '../model/weights-record.ts';
import { isMlu } from '../run/backend-spec.ts';
import { describeEnvironment } from '../run/environment.ts';
import type { RunTools } from '../run/run-tools.ts';
import { benchInput } from './bench-input.ts';
import type { BenchOptions } from './bench-options.ts';
import { measuredBackends } from './measured-backends.ts';

type BenchBackend = BenchRecord['backends'][number];

export interface BenchTools extends RunTools {
  /** Makes ready what is measured. */
  readonly measured?: typeof measuredBackends;
  /** Called with the record as it stands each time that a point is finished; nothing is timed until it is done. */
  readonly save?: (record: BenchRecord) => Promise<void>;
}

/**
 * Latency alone: each backend at each core number and batch, measured here or modelled on a card.
 * @returns the record and how the command ends: 5 where a backend failed or timed outputs are not the scored ones, 130 where
 *   it was stopped; what was finished is in the record either way.
 * @throws ParityError or DatasetError for inputs that cannot be used.
 */
export async function bench(
  options: BenchOptions,
  { progress, signal, now, measured = measuredBackends, save, warnings: before = [] }: BenchTools,
): Promise<{ record: BenchRecord; exitCode: ExitCode }> {
  const startedAt = now();
  const model = await loadModel(options.weights);
  const size = inputSizeOf(options.engines.size ?? undefined, model.variant, model.sha256);
  const environment = await describeEnvironment();
  const { factories, warnings } = await measured(model, size, options, { progress, signal });
  const { images, ...input } = await benchInput(
    options,
    size,
    factories.length > 0 ? imagesNeeded(options.batches) : 0,
    { progress, signal },
  );

  const backends = new Map<string, BenchBackend>(
    options.backends
      .filter(isMlu)
      .filter((name) => options.engines.devices[name].kind === 'emulated')
      .map((name) => [name, modelledBackend(name, model, size, options)]),
  );
  const failures: BenchRecord['failures'] = [];
  const machine = availableParallelism();
  const leftToCard = leftToCardSentence(options, machine);
  if (leftToCard !== null) warnings.push(leftToCard);
  let mismatches = 0;
  const recordOf = (stoppedBy: string | null): BenchRecord => ({
    schema: 'mlu-parity/bench-record',
    version: 1,
    startedAt: startedAt.toISOString(),
    finishedAt: now().toISOString(),
    status: stoppedBy === null ? 'complete' : 'incomplete',
    stoppedBy,
    options: { ...options },
    environment,
    weights: weightsRecord(model, size),
    input: { ...input, images: images.length, size: [size.height, size.width] },
    backends: options.backends.flatMap((name) => backends.get(name) ?? []),
    failures: [...failures],
    warnings: [...before, ...warnings, ...factories.flatMap((factory) => factory.incidents?.() ?? [])],
  });
  const stopped = await stopOf(
    latencySweep(
      factories.map((factory) => {
        if (!factory.onCard) {
          return { factory, cores: options.cores, scoredCoreNumber: scoringThreads(options.cores, machine) };
        }
        const cores = timedCoreNumbers(options.card!, factory);
        return { factory, cores, scoredCoreNumber: scoredCoreNumber(cores) };
      }),
      images,
      {
        ...options,
        floorMs: floorOf(model.graph, size),
        ...{ progress, signal },
      },
      {
        async keep(description, point) {
          const known = backends.get(description.name)?.latency ?? [];
          backends.set(description.name, asRecorded(description, [...known, point]));
          await save?.(recordOf('ended while latency was measured'));
        },
        failed(backend, reason) {
          failures.push({ backend, reason });
          progress.note(reason);
        },
        warn(sentence) {
          mismatches++;
          warnings.push(sentence);
        },
      },
    ),
    signal,
  );
  return {
    record: recordOf(stopped ? 'interrupted by the user' : null),
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

/** `coreNumber` and `decoded` are of one session; a bench has them of each point, or not at all. */
function asRecorded(
  description: Omit<BackendDescription, 'coreNumber' | 'decoded'>,
  points: readonly LatencyPoint[],
): BenchBackend {
  const { coreNumber: _, decoded: __, ...told } = description as BackendDescription;
  return { ...told, latency: inOrder(points) };
}

function modelledBackend(
  name: 'mlu-online' | 'mlu-offline',
  model: Model,
  size: PixelSize,
  options: BenchOptions,
): BenchBackend {
  const { bits, activations } = options.model!;
  const card = options.card!;
  const modelled = modelledCard(model.graph, size, { name, card: card.name, bits, activations });
  return asRecorded(modelled.description, modelledPoints(modelled, card.cores, options.batches));
}
