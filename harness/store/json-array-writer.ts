import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { BadDataError } from '../errors.ts';
import { unwritable, writeFully } from './write-fully.ts';

/** Where an array stands after a push: what is behind it in the file belongs to a push that was not finished. */
export interface ArrayPlace {
  /** Bytes of the file. */
  readonly end: number;
  /** Entries. */
  readonly count: number;
  /** CRC-32 of what the last push wrote; 0 where that was nothing. */
  readonly crc: number;
}

const START: ArrayPlace = { end: 1, count: 0, crc: 0 };

/**
 * Writes a JSON array entry by entry, one a line, so that a job cut short leaves what it had finished: the file is
 * `<path>.part` until `close`, which ends the array and renames it. A `.part` that was never closed lacks only its
 * last bracket.
 */
export class JsonArrayWriter<Entry> {
  readonly #path: string;
  readonly #file: FileHandle;
  #place: ArrayPlace;

  private constructor(path: string, file: FileHandle, place: ArrayPlace) {
    this.#path = path;
    this.#file = file;
    this.#place = place;
  }

  static async create<Entry>(path: string): Promise<JsonArrayWriter<Entry>> {
    const part = `${path}.part`;
    const file = await open(part, 'wx').catch((error: unknown) => {
      throw unwritable(part, error);
    });
    await writeFully(file, Buffer.from('['), 0, part);
    return new JsonArrayWriter<Entry>(path, file, START);
  }

  /**
   * Goes on at a place that `push` gave, and from the start without one; what is behind it is cut off. A file that was closed is
   * opened again.
   */
  static async reopen<Entry>(path: string, place?: ArrayPlace): Promise<JsonArrayWriter<Entry>> {
    const part = `${path}.part`;
    try {
      await rename(path, part).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
      if (place === undefined || place.count === 0) {
        await rm(part, { force: true });
        return await JsonArrayWriter.create(path);
      }
      const file = await open(part, 'r+');
      await file.truncate(place.end);
      return new JsonArrayWriter<Entry>(path, file, place);
    } catch (error) {
      throw error instanceof BadDataError ? error : unwritable(part, error);
    }
  }

  get count(): number {
    return this.#place.count;
  }

  /**
   * Appends entries; `push([])` writes nothing.
   * @throws BadDataError when it cannot; a later push or `close` is as if this one had not been.
   */
  async push(entries: readonly Entry[]): Promise<ArrayPlace> {
    const { end, count } = this.#place;
    if (entries.length === 0) {
      this.#place = { end, count, crc: 0 };
      return this.#place;
    }
    const text = entries.map((entry) => `\n${JSON.stringify(entry)}`).join(',');
    const bytes = Buffer.from(count === 0 ? text : `,${text}`);
    await writeFully(this.#file, bytes, end, `${this.#path}.part`);
    this.#place = { end: end + bytes.length, count: count + entries.length, crc: crc32(bytes) };
    return this.#place;
  }

  /** Has the system write to the disk what it holds. */
  sync(): Promise<void> {
    return this.#file.datasync();
  }

  /** Ends the array and gives the file its name; where that fails the `.part` is left, and closed. */
  async close(): Promise<void> {
    const part = `${this.#path}.part`;
    const last = Buffer.from('\n]\n');
    try {
      await writeFully(this.#file, last, this.#place.end, part);
      await this.#file.truncate(this.#place.end + last.length);
      await this.#file.sync();
    } finally {
      await this.#file.close();
    }
    await rename(part, this.#path);
  }
}
