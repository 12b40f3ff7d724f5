import { type FileHandle, open, rename } from 'node:fs/promises';

/**
 * Writes a JSON array entry by entry, one a line, so that a job cut short leaves what it had finished: the file is
 * `<path>.part` until `close`, which ends the array and renames it. A `.part` that was never closed lacks only its
 * last bracket.
 */
export class JsonArrayWriter<Entry> {
  readonly #path: string;
  readonly #file: FileHandle;
  #count = 0;

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  static async create<Entry>(path: string): Promise<JsonArrayWriter<Entry>> {
    const file = await open(`${path}.part`, 'wx');
    await file.write('[');
    return new JsonArrayWriter<Entry>(path, file);
  }

  get count(): number {
    return this.#count;
  }

  /** Appends entries; `push([])` writes nothing. */
  async push(entries: readonly Entry[]): Promise<void> {
    if (entries.length === 0) return;
    const text = entries.map((entry) => `\n${JSON.stringify(entry)}`).join(',');
    await this.#file.write(this.#count === 0 ? text : `,${text}`);
    this.#count += entries.length;
  }

  async close(): Promise<void> {
    await this.#file.write('\n]\n');
    await this.#file.sync();
    await this.#file.close();
    await rename(`${this.#path}.part`, this.#path);
  }
}
