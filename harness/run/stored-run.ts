import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import type { CocoResult } from '../../reference/detections.ts';
import type { LatencyPoint } from '../../reports/record/index.ts';
import { BadDataError } from '../errors.ts';
import type { ArrayPlace } from '../store/json-array-writer.ts';
import { JOURNAL, type JournalLine, readJournal } from '../store/run-journal.ts';
import type { BackendImage, FailedImage, ImageResult } from './image-result.ts';
import {
  type BackendEntry,
  type ImageEntry,
  type JournalEntry,
  journalEntrySchema,
  type RunEntry,
  resultSchema,
} from './journal-entries.ts';
import { IMAGES_FILE } from './image-store.ts';

/** What is done with a run folder, and what to do where it is damaged: for who goes on with it and for who joins it with others. */
const USES = {
  resume: {
    verb: 'go on in',
    unreadable: 'so that nothing says what the run was of; delete the folder and run again',
    damaged: (line: number) =>
      `delete the lines of ${JOURNAL} from ${line} on to have those images computed again`,
  },
  merge: {
    verb: 'merge',
    unreadable: 'so that nothing says what the shard is of; run it again',
    damaged: () => 'run that shard again',
  },
};

export type StoredUse = keyof typeof USES;

/**
 * What a run folder holds of finished images. What a kill or a power cut left half-written at the end is passed over, and what is
 * damaged before it is refused with its place: nobody should lose what is behind it without a word.
 */
export class StoredRun {
  readonly folder: string;
  readonly header: RunEntry;
  readonly backends: BackendEntry[] = [];
  readonly latency: { readonly backend: string; readonly point: LatencyPoint }[] = [];
  readonly notes: string[] = [];
  /** Null where the noise floor was not reached. */
  floorNote: string | null = null;
  /** How far each file belongs to finished images; complete once `images` came to its end, as is all that follows. */
  places: Readonly<Record<string, ArrayPlace>> = {};
  /** Bytes of the journal that are whole. */
  end: number;
  /** What was passed over at the end, as a sentence; null where nothing was. */
  dropped: string | null = null;
  readonly #use: StoredUse;
  readonly #lines: AsyncGenerator<JournalLine>;
  readonly #files = new Map<string, FileHandle>();
  #pending: JournalLine | null = null;

  private constructor(
    folder: string,
    use: StoredUse,
    first: { readonly header: RunEntry; readonly end: number },
    lines: AsyncGenerator<JournalLine>,
  ) {
    this.folder = folder;
    this.#use = use;
    this.header = first.header;
    this.end = first.end;
    this.#lines = lines;
  }

  /** Reads what stands before the first image. @throws BadDataError when there is no journal, or its first line is damaged. */
  static async open(folder: string, use: StoredUse = 'resume'): Promise<StoredRun> {
    const lines = readJournal(folder);
    const first = (await lines.next()).value as JournalLine | undefined;
    const header = first && parsed(first);
    if (header?.kind !== 'run') {
      await lines.return(undefined);
      throw new BadDataError(
        `cannot ${USES[use].verb} ${folder}: the first line of ${JOURNAL} is ${first ? 'damaged, or of another version of mlu-parity' : 'missing'}, ${USES[use].unreadable}`,
      );
    }
    const run = new StoredRun(folder, use, { header, end: first!.end }, lines);
    for await (const line of { [Symbol.asyncIterator]: () => ({ next: () => lines.next() }) }) {
      const entry = parsed(line);
      if (entry?.kind !== 'backend' && entry?.kind !== 'floor') {
        run.#pending = line;
        break;
      }
      run.#keep(entry, line.end);
    }
    return run;
  }

  /**
   * The finished images in the order in which they were, each with its detections; read to the end by who wants `places`.
   * @throws BadDataError for damage that is not at the end.
   */
  async *images(): AsyncGenerator<ImageResult> {
    let bad: { line: JournalLine; why: string } | null = null;
    let before = this.places;
    try {
      for (let line = this.#pending ?? (await this.#next()); line !== null; line = await this.#next()) {
        const entry = parsed(line);
        if (entry?.kind === 'image') {
          const image = await this.#imageOf(entry, before);
          before = entry.files;
          if (typeof image === 'string') {
            bad ??= { line, why: image };
            continue;
          }
          // An image that is whole behind a damaged one was finished, and would be lost.
          if (bad !== null) throw this.#damage(bad.line.number, bad.why);
          yield image;
          this.places = entry.files;
          this.end = line.end;
        } else if (entry === null || entry.kind === 'run') {
          bad ??= { line, why: 'the line itself is' };
        } else if (bad === null) {
          this.#keep(entry, line.end);
        }
      }
    } finally {
      await Promise.all([...this.#files.values()].map((file) => file.close()));
      this.#files.clear();
    }
    if (bad !== null) {
      this.dropped = `${join(this.folder, JOURNAL)} ends in line ${bad.line.number} with something half-written (${bad.why} cut off or damaged): it is computed again`;
    }
  }

  /** Lets go of the journal; for who does not read the images to their end. */
  async close(): Promise<void> {
    await this.#lines.return(undefined);
  }

  async #next(): Promise<JournalLine | null> {
    const { value, done } = await this.#lines.next();
    return done ? null : value;
  }

  #keep(entry: Exclude<JournalEntry, ImageEntry | RunEntry>, end: number): void {
    this.end = end;
    if (entry.kind === 'backend') this.backends.push(entry);
    else if (entry.kind === 'floor') this.floorNote = entry.note;
    else if (entry.kind === 'note') this.notes.push(entry.sentence);
    else this.latency.push({ backend: entry.backend, point: entry.point });
  }

  /** The image with its detections from their files; what is not as it was written, where something is not. */
  async #imageOf(
    { place, imageId, backends, files }: ImageEntry,
    before: StoredRun['places'],
  ): Promise<ImageResult | string> {
    const results = new Map<string, CocoResult[]>();
    for (const [file, at] of Object.entries(files)) {
      const entries = await this.#entriesOf(file, before[file], at);
      if (entries === null) return `${file}, image ${imageId}, is`;
      if (file === IMAGES_FILE) continue;
      const checked = z.array(resultSchema).safeParse(entries);
      if (!checked.success) return `${file}, image ${imageId}, is`;
      results.set(file, checked.data);
    }
    const whole: Record<string, BackendImage | FailedImage> = {};
    for (const [name, one] of Object.entries(backends)) {
      if ('failure' in one) {
        whole[name] = one;
        continue;
      }
      const { detectionsFile = null } = this.backends.find((entry) => entry.description.name === name) ?? {};
      const found = one.results ?? (detectionsFile === null ? undefined : results.get(detectionsFile));
      if (found === undefined) return `what belongs to ${name}, image ${imageId}, is`;
      whole[name] = { ...one, results: found };
    }
    return { place, imageId, backends: whole };
  }

  /** What one push wrote; null where the file is shorter, or holds something else. */
  async #entriesOf(file: string, before: ArrayPlace | undefined, at: ArrayPlace): Promise<unknown[] | null> {
    const start = before?.end ?? 1;
    const length = at.end - start;
    if (length === 0) return at.count === (before?.count ?? 0) ? [] : null;
    const handle = length > 0 ? await this.#open(file) : null;
    if (handle === null) return null;
    const bytes = Buffer.alloc(length);
    const { bytesRead } = await handle.read(bytes, 0, length, start);
    if (bytesRead < length || crc32(bytes) !== at.crc) return null;
    const text = bytes.toString('utf8');
    return JSON.parse(`[${text.startsWith(',') ? text.slice(1) : text}]`) as unknown[];
  }

  /** A file that is still written to has another name than one that was closed. */
  async #open(file: string): Promise<FileHandle | null> {
    const known = this.#files.get(file);
    if (known) return known;
    const path = join(this.folder, file);
    const handle = await open(`${path}.part`).catch(() => open(path).catch(() => null));
    if (handle !== null) this.#files.set(file, handle);
    return handle;
  }

  #damage(line: number, why: string): BadDataError {
    return new BadDataError(
      `cannot ${USES[this.#use].verb} ${this.folder}: ${why} damaged (line ${line} of ${JOURNAL}), and what was finished later is whole; restore it from a copy, or ${USES[this.#use].damaged(line)}`,
    );
  }
}

function parsed({ entry }: JournalLine): JournalEntry | null {
  const result = journalEntrySchema.safeParse(entry);
  return result.success ? result.data : null;
}
