import { availableParallelism } from 'node:os';
import { tensorDiff } from '../../reference/compare/index.ts';
import type { Tensor } from '../../reference/tensor.ts';
import { float32Tensor } from '../../reference/tensor.ts';
import type { GalleryImage, LatencyPoint, NoiseFloor, TuneResult } from '../../reports/record/index.ts';
import type { BackendFactory } from '../backends/backend.ts';
import type { LayerSaturation } from '../engines/index.ts';
import { messageOf } from '../errors.ts';
import { scoredCoreNumber, timedCoreNumbers } from '../latency/card-choice.ts';
import { scoringThreads } from '../latency/cpu-cores.ts';
import { inOrder } from '../latency/latency-point.ts';
import { imagesNeeded, latencySweep } from '../latency/latency-sweep.ts';
import { modelledCard } from '../latency/modelled-card.ts';
import { floorOf, modelledPoints } from '../latency/modelled-points.ts';
import { inputsOf } from '../model/prepare-images.ts';
import type { RunFolder } from '../store/run-folder.ts';
import { accuracyPass, type Contender } from './accuracy-pass.ts';
import { isMluSpec } from './backend-spec.ts';
import { BackendTally } from './backend-tally.ts';
import type { FinishedBackend } from './build-record.ts';
import { DecodeStateCheck } from './decode-state.ts';
import { Gallery } from './gallery.ts';
import { noiseFloorBackend, noiseFloorRecord } from './noise-floor.ts';
import type { RunInputs } from './open-inputs.ts';
import type { RunOptions } from './run-options.ts';
import type { RunTools } from './run-tools.ts';
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
  readonly #tallies = new Map<string, BackendTally>();
  readonly #saturation = new Map<string, readonly LayerSaturation[]>();
  readonly #latency = new Map<string, LatencyPoint[]>();
  readonly #gallery = new Gallery();
  readonly #decodeState: DecodeStateCheck;
  #cardTuning: TuneResult | null = null;
  readonly #fastAgainstExact = new Map<string, number>();
  #floor: { tally: BackendTally | null; note: string } = { tally: null, note: 'not reached' };

  constructor(inputs: RunInputs, options: RunOptions, folder: RunFolder, tools: RunTools) {
    this.#inputs = inputs;
    this.#decodeState = new DecodeStateCheck(inputs.size, options.legacy);
    this.#options = options;
    this.#folder = folder;
    this.#tools = tools;
  }

  /** What was odd so far: of the measurement, and of what the backends went through. */
  notes(): string[] {
    const incidents = this.#inputs.prepared.flatMap(({ factory }) => factory.incidents?.() ?? []);
    return [...this.warnings, ...incidents];
  }

  /** Every image through every backend, then the check of the fast executions. Throws what stopped it. */
  async score(): Promise<void> {
    await this.#scoreImages();
    const [first] = await this.#firstInputs(1);
    await this.#checkFastExecutions(first!);
  }

  /** Latency of each backend that is still in the run and can be timed. Throws what stopped it. */
  async time(latency: NonNullable<RunOptions['latency']>): Promise<void> {
    for (const { factory, recorded } of this.#inputs.prepared) {
      if (recorded && !this.#hasFailed(factory.name))
        this.#latency.set(factory.name, inOrder(recorded.latency));
    }
    const targets = this.#inputs.prepared
      .filter(({ recorded }) => recorded === undefined)
      .map(({ factory }) => factory)
      .filter(({ name }) => !this.#hasFailed(name))
      .filter(({ name }) => this.#tallies.get(name)!.description.latencyProvenance !== 'modelled')
      .map((factory) => ({
        factory,
        cores: factory.onCard ? timedCoreNumbers(this.#options.card!, factory) : latency.cores,
        scoredCoreNumber: this.#accuracyCores(factory),
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
        keep: ({ name }, point) => {
          this.#latency.set(name, inOrder([...(this.#latency.get(name) ?? []), point]));
        },
        failed: (name, reason) => {
          this.#tallies.get(name)!.failure ??= reason;
          progress.note(reason);
        },
        warn: (sentence) => {
          this.warnings.push(sentence);
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
      const tally = this.#tallies.get(name);
      if (!tally) return [];
      return {
        tally,
        decodeState: tally.isReference ? null : this.#decodeState.record(name),
        latency: this.#latency.get(name) ?? [],
        quantization: quantization && {
          ...quantization,
          saturation: [...(this.#saturation.get(name) ?? [])],
          fastAgainstExactDb: finiteOrNull(this.#fastAgainstExact.get(name)),
        },
      };
    });
  }

  /** Pictures of the images that changed most, written to the run folder; a picture is not worth losing figures for. */
  async saveGallery(): Promise<GalleryImage[]> {
    const { dataset, classes } = this.#inputs;
    try {
      return await this.#gallery.save(this.#folder, dataset.groundTruth, classes);
    } catch (error) {
      this.warnings.push(`The pictures of the page were not written: ${messageOf(error)}`);
      return [];
    }
  }

  noiseFloor(): { noiseFloor: NoiseFloor | null; noiseFloorNote: string } {
    const { tally, note } = this.#floor;
    const reference = [...this.#tallies.values()].find(({ isReference }) => isReference);
    const { groundTruth } = this.#inputs.dataset;
    return {
      noiseFloor: reference && tally ? noiseFloorRecord(groundTruth, reference, tally) : null,
      noiseFloorNote: note,
    };
  }

  #hasFailed(name: string): boolean {
    return this.#tallies.get(name)?.failure !== null;
  }

  async #scoreImages(): Promise<void> {
    const { dataset, size, classes, prepared } = this.#inputs;
    const { legacy, thresholds, demoThresholds, saveRaw } = this.#options;
    const contenders: Contender[] = [];
    const images = await this.#folder.openImages();
    const scoring = async (): Promise<void> => {
      for (const { factory } of prepared)
        contenders.push(await this.#openContender(factory, contenders.length === 0));
      const floor = await this.#openNoiseFloor();
      if (floor) contenders.push(floor);
      await accuracyPass(dataset.samples, contenders, {
        ...{ size, legacy, categoryIds: classes.categoryIds, thresholds, demoThresholds, saveRaw, images },
        gallery: this.#gallery,
        decodeState: this.#decodeState,
        folder: this.#folder,
        progress: this.#tools.progress,
        signal: this.#tools.signal,
      });
    };
    const [scored] = await Promise.allSettled([scoring()]);
    for (const { backend, tally } of contenders)
      this.#saturation.set(tally.description.name, backend.saturation());
    // One that cannot be closed must not keep the others open, nor hide what stopped the scoring.
    const closed = await Promise.allSettled([
      ...contenders.map(({ backend }) => backend.close()),
      ...contenders.map(({ tally }) => tally.detections?.writer.close()),
      images.close(),
    ]);
    this.#judgeNoiseFloor();
    for (const outcome of [scored, ...closed]) if (outcome.status === 'rejected') throw outcome.reason;
  }

  /** A floor that broke off is said to have; what it finished before is kept. */
  #judgeNoiseFloor(): void {
    const { tally } = this.#floor;
    if (tally?.failure === null || tally === null) return;
    const note = `broken off after ${tally.imageIds.length} images: ${tally.failure}`;
    this.#floor = { tally: tally.imageIds.length > 0 ? tally : null, note };
    this.warnings.push(`The float noise floor was ${note}`);
  }

  async #openContender(factory: BackendFactory, isReference: boolean): Promise<Contender> {
    const backend = await factory.open({ coreNumber: this.#accuracyCores(factory), purpose: 'accuracy' });
    const tally = new BackendTally(
      backend.describe(),
      isReference,
      await this.#folder.openDetections(factory.name),
    );
    this.#tallies.set(factory.name, tally);
    return { backend, tally };
  }

  /** The noise floor is worth having, not worth failing for: without a second engine the record says why it is missing. */
  async #openNoiseFloor(): Promise<Contender | null> {
    try {
      const { factory, note } = await noiseFloorBackend(this.#inputs.model, this.#options);
      this.#floor = { tally: null, note };
      if (factory === null) return null;
      const backend = await factory.open({ coreNumber: this.#accuracyCores(factory), purpose: 'accuracy' });
      const tally = new BackendTally({ ...backend.describe(), name: 'float noise floor' }, false, null);
      this.#floor = { tally, note };
      return { backend, tally, imageLimit: this.#options.noiseFloorImages };
    } catch (error) {
      this.#floor = { tally: null, note: `not measured: ${messageOf(error)}` };
      this.warnings.push(`The float noise floor was not measured: ${messageOf(error)}`);
      return null;
    }
  }

  #accuracyCores(factory: BackendFactory): number {
    if (factory.onCard) return scoredCoreNumber(timedCoreNumbers(this.#options.card!, factory));
    const all = availableParallelism();
    return scoringThreads(this.#options.latency?.cores ?? [all], all);
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
      const expected = await outputOf(exact, input, this.#accuracyCores(exact));
      const diff = tensorDiff(expected, await outputOf(factory, input, this.#accuracyCores(factory)));
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
