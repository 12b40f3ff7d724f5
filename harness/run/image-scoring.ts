import { availableParallelism } from 'node:os';
import type { BackendFactory } from '../backends/backend.ts';
import { BadDataError, messageOf } from '../errors.ts';
import { scoredCoreNumber, timedCoreNumbers } from '../latency/card-choice.ts';
import { scoringThreads } from '../latency/cpu-cores.ts';
import { detectionsFile, type RunFolder } from '../store/run-folder.ts';
import { accuracyPass, type Contender, type PlacedSample } from './accuracy-pass.ts';
import { BackendTally } from './backend-tally.ts';
import { IMAGES_FILE, type ImageStore } from './image-store.ts';
import type { BackendEntry } from './journal-entries.ts';
import { NOISE_FLOOR, noiseFloorBackend } from './noise-floor.ts';
import type { RunInputs } from './open-inputs.ts';
import type { RunFigures } from './run-figures.ts';
import type { RunOptions } from './run-options.ts';
import type { RunTools } from './run-tools.ts';
import { placeOf } from './shard.ts';

export interface ScoringParts {
  readonly inputs: RunInputs;
  readonly options: RunOptions;
  readonly figures: RunFigures;
  readonly folder: RunFolder;
  readonly store: ImageStore;
  readonly tools: RunTools;
  /** Images that were finished before, the first ones of the run. */
  readonly done: number;
  /** Of the noise floor, where it was opened before. */
  readonly floorNote: string | null;
  /** Told what has to stand in the record. */
  readonly warn: (sentence: string) => Promise<void>;
}

/**
 * The images that are left, through every backend that is still in the run.
 * @returns what is to be said of the noise floor; null where it was not reached.
 * @throws what stopped it; every file is closed by then.
 */
export async function scoreImages(parts: ScoringParts): Promise<string | null> {
  const { inputs, options, figures, store } = parts;
  const left: PlacedSample[] = inputs.dataset.samples
    .map((sample, index) => ({ ...sample, place: placeOf(index, options.shard) }))
    .slice(parts.done);
  const contenders: Contender[] = [];
  let note = parts.floorNote;
  const scoring = async (): Promise<void> => {
    // The files of backends that were begun before, of those that failed too: every one of them is closed at the end.
    for (const { detectionsFile: file } of figures.tallies.values())
      if (file !== null) await store.openFile(file);
    await store.openFile(IMAGES_FILE);
    if (left.length === 0) return;
    for (const [index, { factory }] of inputs.prepared.entries()) {
      const contender = await openContender(factory, index === 0, parts);
      if (contender) contenders.push(contender);
    }
    const floor = await openNoiseFloor(parts);
    note = floor.note;
    if (floor.contender) contenders.push(floor.contender);
    await accuracyPass(left, contenders, {
      ...{ size: inputs.size, legacy: options.legacy, categoryIds: inputs.classes.categoryIds },
      ...{ thresholds: options.thresholds, demoThresholds: options.demoThresholds },
      ...{ saveRaw: options.saveRaw, folder: parts.folder, decodeState: figures.decodeState },
      finish: async (sample, image) => {
        const admitted = figures.admit(sample, image);
        await store.finish(admitted, (name) => figures.tallies.get(name)?.detectionsFile ?? null);
        figures.take(admitted);
        for (const { factory } of inputs.prepared)
          for (const incident of factory.incidents?.() ?? []) await store.note(incident);
      },
      progress: parts.tools.progress,
      signal: parts.tools.signal,
    });
  };
  const [scored] = await Promise.allSettled([scoring()]);
  // One that cannot be closed must not keep the others open, nor hide what stopped the scoring.
  const closed = await Promise.allSettled([
    ...contenders.map(({ backend }) => backend.close()),
    store.closeFiles(),
  ]);
  for (const outcome of [scored, ...closed]) if (outcome.status === 'rejected') throw outcome.reason;
  return note;
}

/** The core number at which a backend is scored. */
export function accuracyCores(factory: BackendFactory, { card, latency }: RunOptions): number {
  if (factory.scoredAt !== undefined) return factory.scoredAt;
  if (factory.onCard) return scoredCoreNumber(timedCoreNumbers(card!, factory));
  const all = availableParallelism();
  return scoringThreads(latency?.cores ?? [all], all);
}

/** Null for a backend that has failed before. */
async function openContender(
  factory: BackendFactory,
  isReference: boolean,
  parts: ScoringParts,
): Promise<Contender | null> {
  const known = parts.figures.tallies.get(factory.name);
  if (known && known.failure !== null) return null;
  return contend(factory, parts, { name: factory.name, isReference, file: detectionsFile(factory.name) });
}

async function contend(
  factory: BackendFactory,
  { figures, options, store, folder }: ScoringParts,
  { name, isReference, file }: { name: string; isReference: boolean; file: string | null },
): Promise<Contender> {
  const backend = await factory.open({
    coreNumber: accuracyCores(factory, options),
    purpose: 'accuracy',
  });
  try {
    const entry: BackendEntry = {
      ...{ kind: 'backend', description: { ...backend.describe(), name }, isReference },
      ...{ detectionsFile: file, layers: backend.saturation().map(({ layer }) => layer) },
    };
    const known = figures.tallies.get(name);
    if (known) {
      refuseAnother(known, entry, folder.path);
      return { backend, tally: known };
    }
    const tally = new BackendTally(entry.description, isReference, file, entry.layers);
    figures.begin(tally);
    await store.begun(entry);
    return { backend, tally };
  } catch (error) {
    await backend.close();
    throw error;
  }
}

/** Other threads, another engine or another card would be another backend half-way. */
function refuseAnother(
  { description: was }: BackendTally,
  { description: is }: BackendEntry,
  folder: string,
): void {
  for (const key of new Set([...Object.keys(was), ...Object.keys(is)]) as Set<keyof typeof is>) {
    const [before, now] = [was, is].map((one) => JSON.stringify(one[key]));
    if (before === now) continue;
    throw new BadDataError(
      `cannot go on in ${folder}: the ${key} of ${is.name} was ${before} and is ${now} now; go on where it was begun, or run again`,
    );
  }
}

/** The noise floor is worth having, not worth failing for: without a second engine the record says why it is missing. */
async function openNoiseFloor(parts: ScoringParts): Promise<{ contender: Contender | null; note: string }> {
  const { inputs, options, store } = parts;
  const known = parts.figures.tallies.get(NOISE_FLOOR);
  // One that could not be opened before stays away: a part of the images would be no floor.
  if (parts.floorNote !== null && (!known || known.failure !== null))
    return { contender: null, note: parts.floorNote };
  let note: string;
  let contender: Contender | null = null;
  try {
    const floor = await noiseFloorBackend(inputs.model, options);
    note = floor.note;
    if (floor.factory !== null) {
      contender = {
        ...(await contend(floor.factory, parts, { name: NOISE_FLOOR, isReference: false, file: null })),
        imageLimit: options.noiseFloorImages,
      };
    }
  } catch (error) {
    if (error instanceof BadDataError) throw error;
    note = `not measured: ${messageOf(error)}`;
    await parts.warn(`The float noise floor was ${note}`);
  }
  if (parts.floorNote === null) await store.record({ kind: 'floor', note });
  return { contender, note };
}
