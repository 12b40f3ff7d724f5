import { type FileHandle, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';

/** What the server said of the file that a part belongs to; by it a later run knows the same file again. */
export interface PartOrigin {
  readonly etag?: string;
  readonly lastModified?: string;
  /** Bytes of the whole file. */
  readonly total?: number;
}

/** The beginning of a file in `<path>.part`, and what is known of it in `<path>.part.json`. */
export class PartFile {
  readonly #path: string;
  readonly partPath: string;
  readonly #notePath: string;

  constructor(path: string) {
    this.#path = path;
    this.partPath = `${path}.part`;
    this.#notePath = `${path}.part.json`;
  }

  /** Bytes there are; 0 without a part. */
  async size(): Promise<number> {
    return (await stat(this.partPath).catch(() => undefined))?.size ?? 0;
  }

  /** Empty where nothing, or nothing readable, was noted. */
  async origin(): Promise<PartOrigin> {
    try {
      const { etag, lastModified, total } = JSON.parse(await readFile(this.#notePath, 'utf8'));
      return {
        ...(typeof etag === 'string' ? { etag } : {}),
        ...(typeof lastModified === 'string' ? { lastModified } : {}),
        ...(Number.isSafeInteger(total) && total >= 0 ? { total } : {}),
      };
    } catch {
      return {};
    }
  }

  /** Starts again from nothing. */
  async restart(origin: PartOrigin): Promise<FileHandle> {
    const file = await open(this.partPath, 'w');
    try {
      await writeFile(this.#notePath, JSON.stringify(origin));
    } catch (error) {
      await file.close();
      throw error;
    }
    return file;
  }

  append(): Promise<FileHandle> {
    return open(this.partPath, 'a');
  }

  /** The part takes the name of the whole file. */
  async finish(): Promise<void> {
    await rename(this.partPath, this.#path);
    await rm(this.#notePath, { force: true });
  }

  async remove(): Promise<void> {
    await rm(this.partPath, { force: true });
    await rm(this.#notePath, { force: true });
  }
}
