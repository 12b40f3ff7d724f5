import type { CocoResult } from '../../reference/detections.ts';
import type { LatencyPoint } from '../../reports/record/index.ts';
import { type Clock, systemClock } from '../latency/clock.ts';
import type { ArrayPlace, JsonArrayWriter } from '../store/json-array-writer.ts';
import type { RunFolder } from '../store/run-folder.ts';
import { RunJournal } from '../store/run-journal.ts';
import type { BackendEntry, ImageEntry, JournalEntry, RunEntry, StoredImage } from './journal-entries.ts';
import type { AdmittedImage } from './run-figures.ts';
import { isScored } from './run-figures.ts';
import type { StoredRun } from './stored-run.ts';

/** What a power cut may cost at most; a kill costs the image at hand alone, since the system has the rest by then. */
const SYNC_EVERY_MS = 10_000;

export const IMAGES_FILE = 'images.json';

/**
 * Writes down what is finished, image by image: its detections in the file of each backend, its line in images.json, and then
 * its line in the journal, which says how far the files belong to it. What stands behind the last line of the journal was
 * never finished.
 */
export class ImageStore {
  readonly #folder: RunFolder;
  readonly #journal: RunJournal | null;
  readonly #clock: Clock;
  readonly #known: Readonly<Record<string, ArrayPlace>>;
  readonly #writers = new Map<string, JsonArrayWriter<unknown>>();
  readonly #noted: Set<string>;
  #synced: number;

  private constructor(
    folder: RunFolder,
    journal: RunJournal | null,
    { places, notes }: Pick<StoredRun, 'places' | 'notes'>,
    clock: Clock,
  ) {
    this.#folder = folder;
    this.#journal = journal;
    this.#known = places;
    this.#noted = new Set(notes);
    this.#clock = clock;
    this.#synced = clock.now();
  }

  static async begin(folder: RunFolder, entry: RunEntry, clock: Clock = systemClock): Promise<ImageStore> {
    const journal = await RunJournal.create(folder.path, entry);
    return new ImageStore(folder, journal, { places: {}, notes: [] }, clock);
  }

  /** @param stored read to its end. */
  static async resume(folder: RunFolder, stored: StoredRun, clock: Clock = systemClock): Promise<ImageStore> {
    return new ImageStore(folder, await RunJournal.reopen(folder.path, stored.end), stored, clock);
  }

  /** Without a journal: what is written is finished elsewhere already. */
  static unrecorded(folder: RunFolder): ImageStore {
    return new ImageStore(folder, null, { places: {}, notes: [] }, systemClock);
  }

  /** Makes a file of the run ready, where it was left. */
  async openFile(file: string): Promise<void> {
    const writer = await this.#folder.openArray(file, this.#known[file]);
    this.#writers.set(file, writer);
  }

  record(entry: JournalEntry): Promise<void> {
    return this.#journal?.append(entry) ?? Promise.resolve();
  }

  async begun(entry: BackendEntry): Promise<void> {
    if (entry.detectionsFile !== null) await this.openFile(entry.detectionsFile);
    await this.record(entry);
  }

  /** Writes a sentence for the warnings of the record, once. */
  async note(sentence: string): Promise<void> {
    if (this.#noted.has(sentence)) return;
    this.#noted.add(sentence);
    await this.record({ kind: 'note', sentence });
  }

  async timed(backend: string, point: LatencyPoint): Promise<void> {
    await this.record({ kind: 'latency', backend, point });
    await this.#journal?.sync();
  }

  /** @param fileOf the file of a backend's detections; null for one that has none. */
  async finish({ image, entry }: AdmittedImage, fileOf: (backend: string) => string | null): Promise<void> {
    const files: Record<string, ArrayPlace> = {};
    const backends: Record<string, ImageEntry['backends'][string]> = {};
    const pushed = new Map<string, readonly CocoResult[]>();
    for (const [name, one] of Object.entries(image.backends)) {
      const file = fileOf(name);
      if (isScored(one) && file !== null) pushed.set(file, one.results);
      backends[name] = isScored(one) && file !== null ? ({ ...one, results: null } as StoredImage) : one;
    }
    for (const [file, writer] of this.#writers) {
      files[file] = await writer.push(file === IMAGES_FILE ? [entry] : (pushed.get(file) ?? []));
    }
    const { place, imageId } = image;
    await this.record({ kind: 'image', place, imageId, backends, files });
    if (this.#clock.now() - this.#synced >= SYNC_EVERY_MS) await this.#sync();
  }

  /** Closes every file, whatever becomes of the others. */
  async close(): Promise<void> {
    const closed = await Promise.allSettled(
      [...this.#writers.values(), ...(this.#journal ? [this.#journal] : [])].map((file) => file.close()),
    );
    for (const outcome of closed) if (outcome.status === 'rejected') throw outcome.reason;
  }

  async closeFiles(): Promise<void> {
    const writers = [...this.#writers.values()];
    this.#writers.clear();
    const closed = await Promise.allSettled(writers.map((file) => file.close()));
    for (const outcome of closed) if (outcome.status === 'rejected') throw outcome.reason;
  }

  async #sync(): Promise<void> {
    for (const writer of this.#writers.values()) await writer.sync();
    await this.#journal?.sync();
    this.#synced = this.#clock.now();
  }
}
