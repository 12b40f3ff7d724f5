import { tensorDiff } from '../../reference/compare/index.ts';
import { float32Tensor, type Tensor } from '../../reference/tensor.ts';
import type { GalleryImage, LatencyPoint, NoiseFloor, TuneResult } from '../../reports/record/index.ts';
import type { BackendFactory } from '../backends/backend.ts';
import { messageOf } from '../errors.ts';
import { timedCoreNumbers } from '../latency/card-choice.ts';
import { inOrder } from '../latency/latency-point.ts';
import { imagesNeeded, latencySweep } from '../latency/latency-sweep.ts';
import { modelledCard } from '../latency/modelled-card.ts';
import { floorOf, modelledPoints } from '../latency/modelled-points.ts';
import { inputsOf } from '../model/prepare-images.ts';
import type { RunFolder } from '../store/run-folder.ts';
import { isMluSpec } from './backend-spec.ts';
import type { FinishedBackend } from './build-record.ts';
import { accuracyCores, scoreImages } from './image-scoring.ts';
import type { ImageStore } from './image-store.ts';
import { noiseFloorOf } from './noise-floor.ts';
import type { RunInputs } from './open-inputs.ts';
import { restoreFigures } from './restore-figures.ts';
import { RunFigures } from './run-figures.ts';
import type { RunOptions } from './run-options.ts';
import type { RunTools } from './run-tools.ts';
import type { StoredRun } from './stored-run.ts';
import { tuneCard } from './tune-card.ts';

/** An SQNR below this between the fast and the exact execution means that the fast one cannot stand in for it. */
const FAST_ENOUGH_DB = 60;

/** The measuring part of a run; holds what is finished at any moment, so that a stop loses nothing. */
export class Measurement {
  readonly warnings: string[] = [];
  readonly #inputs: RunInputs;
  readonly #options: RunOptions;
  readonly #folder: RunFolder;
  readonly #tools: RunTools;
  readonly #figures: RunFigures;
  readonly #latency = new Map<string, LatencyPoint[]>();
  #cardTuning: TuneResult | null = null;
  readonly #fastAgainstExact = new Map<string, number>();
  #floorNote: string | null = null;
  /** Images that were finished before. */
  #done = 0;

  constructor(inputs: RunInputs, options: RunOptions, folder: RunFolder, tools: RunTools) {
    this.#inputs = inputs;
    this.#figures = new RunFigures(inputs.size, options.legacy);
    this.#options = options;
    this.#folder = folder;
    this.#tools = tools;
  }

  /** What was odd so far: of the measurement, and of what the backends went through. */
  notes(): string[] {
    const incidents = this.#inputs.prepared.flatMap(({ factory }) => factory.incidents?.() ?? []);
    return [...new Set([...this.warnings, ...incidents])];
  }

  /**
   * Takes over what an earlier process finished.
   * @returns how many images that is.
   * @throws BadDataError for images that are not those of this run.
   */
  async restore(stored: StoredRun): Promise<number> {
    this.#done = await restoreFigures(this.#figures, stored, this.#inputs, this.#options);
    this.#floorNote = stored.floorNote;
    this.warnings.push(...stored.notes);
    for (const { backend, point } of stored.latency)
      this.#latency.set(backend, inOrder([...(this.#latency.get(backend) ?? []), point]));
    return this.#done;
  }

  /** Every image through every backend, then the check of the fast executions. Throws what stopped it. */
  async score(store: ImageStore): Promise<void> {
    this.#floorNote = await scoreImages({
      ...{ inputs: this.#inputs, options: this.#options, figures: this.#figures, folder: this.#folder },
      ...{ store, tools: this.#tools, done: this.#done, floorNote: this.#floorNote },
      warn: async (sentence) => {
        this.warnings.push(sentence);
        await store.note(sentence);
      },
    });
    const [first] = await this.#firstInputs(1);
    await this.#checkFastExecutions(first!);
  }

  /** Latency of each backend that is still in the run and can be timed. Throws what stopped it. */
  async time(latency: NonNullable<RunOptions['latency']>, store: ImageStore): Promise<void> {
    for (const { factory, recorded } of this.#inputs.prepared) {
      if (recorded && !this.#hasFailed(factory.name))
        this.#latency.set(factory.name, inOrder(recorded.latency));
    }
    const targets = this.#inputs.prepared
      .filter(({ recorded }) => recorded === undefined)
      .map(({ factory }) => factory)
      // It is the card of another backend, which is timed at every core number.
      .filter(({ scoredAt }) => scoredAt === undefined)
      .filter(({ name }) => !this.#hasFailed(name))
      .filter(({ name }) => this.#figures.tallies.get(name)!.description.latencyProvenance !== 'modelled')
      .map((factory) => ({
        factory,
        cores: factory.onCard ? timedCoreNumbers(this.#options.card!, factory) : latency.cores,
        scoredCoreNumber: accuracyCores(factory, this.#options),
        timed: this.#latency.get(factory.name) ?? [],
      }));
    const { progress, signal } = this.#tools;
    const { model, size } = this.#inputs;
    this.#modelCards(latency);
    this.#cardTuning = await tuneCard(this.#inputs, this.#options, signal);
    await latencySweep(
      targets,
      await this.#firstInputs(imagesNeeded(latency.batches)),
      {
        ...latency,
        seed: this.#options.selection.seed,
        floorMs: floorOf(model.graph, size),
        progress,
        signal,
      },
      {
        keep: async ({ name }, point, whole) => {
          this.#latency.set(name, inOrder([...(this.#latency.get(name) ?? []), point]));
          if (whole) await store.timed(name, point);
        },
        failed: (name, reason) => {
          this.#figures.tallies.get(name)!.failure ??= reason;
          progress.note(reason);
        },
        warn: async (sentence) => {
          this.warnings.push(sentence);
          await store.note(sentence);
        },
      },
    );
  }

  /** Latency of the emulated cards, from what is known of the card itself: the time of an emulation says nothing of it. */
  #modelCards({ batches }: NonNullable<RunOptions['latency']>): void {
    const { card, devices } = this.#options;
    if (card === null) return;
    const { model, size } = this.#inputs;
    for (const { name, bits } of this.#options.backends.filter(isMluSpec)) {
      if (this.#hasFailed(name) || devices[name].kind !== 'emulated') continue;
      const { activations } = this.#options.numerics;
      const modelled = modelledCard(model.graph, size, { name, card: card.name, bits, activations });
      this.#latency.set(name, inOrder(modelledPoints(modelled, card.cores, batches)));
    }
  }

  /** What was found of core numbers, batches and contexts: measured before by `tune`, and by the model of the card. */
  tunings(): TuneResult[] {
    return [this.#inputs.tuning, this.#cardTuning].filter((tuning) => tuning !== null);
  }

  finished(): FinishedBackend[] {
    return this.#inputs.prepared.flatMap(({ factory: { name }, quantization }) => {
      const tally = this.#figures.tallies.get(name);
      if (!tally) return [];
      return {
        tally,
        decodeState: tally.isReference ? null : this.#figures.decodeState.record(name),
        latency: this.#latency.get(name) ?? [],
        quantization: quantization && {
          ...quantization,
          saturation: tally.saturation.counts(),
          fastAgainstExactDb: finiteOrNull(this.#fastAgainstExact.get(name)),
        },
      };
    });
  }

  /** Pictures of the images that changed most, written to the run folder; a picture is not worth losing figures for. */
  async saveGallery(): Promise<GalleryImage[]> {
    const { dataset, classes } = this.#inputs;
    try {
      return await this.#figures.gallery.save(this.#folder, dataset.groundTruth, classes);
    } catch (error) {
      this.warnings.push(`The pictures of the page were not written: ${messageOf(error)}`);
      return [];
    }
  }

  noiseFloor(): { noiseFloor: NoiseFloor | null; noiseFloorNote: string } {
    const floor = noiseFloorOf(this.#figures, this.#inputs.dataset.groundTruth, this.#floorNote);
    if (floor.warning !== null) this.warnings.push(floor.warning);
    return floor;
  }

  #hasFailed(name: string): boolean {
    return this.#figures.tallies.get(name)?.failure !== null;
  }

  /** Real inputs, kept: the ones that every latency is measured on. Fewer where there are not as many images. */
  async #firstInputs(count: number): Promise<Tensor[]> {
    const { dataset, size } = this.#inputs;
    return inputsOf(dataset.samples.slice(0, count), { size, legacy: this.#options.legacy });
  }

  async #checkFastExecutions(input: Tensor): Promise<void> {
    for (const { factory, exact } of this.#inputs.prepared) {
      if (exact === null || this.#hasFailed(factory.name)) continue;
      this.#tools.signal.throwIfAborted();
      const expected = await outputOf(exact, input, accuracyCores(exact, this.#options));
      const diff = tensorDiff(
        expected,
        await outputOf(factory, input, accuracyCores(factory, this.#options)),
      );
      if (diff.state !== 'compared') continue;
      this.#fastAgainstExact.set(factory.name, diff.sqnr);
      if (diff.sqnr < FAST_ENOUGH_DB) {
        this.warnings.push(
          `${factory.name}: the fast execution is ${diff.sqnr.toFixed(1)} dB from the exact one on the first image; use --execution exact for figures that must hold`,
        );
      }
    }
  }
}

/** Equal outputs have an infinite SQNR, which the record leaves out. */
function finiteOrNull(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}

async function outputOf(factory: BackendFactory, input: Tensor, coreNumber: number): Promise<Tensor> {
  const backend = await factory.open({ coreNumber, purpose: 'latency' });
  try {
    const { output } = await backend.infer(input);
    return float32Tensor(output.data.slice(), output.shape, 'NAC');
  } finally {
    await backend.close();
  }
}
