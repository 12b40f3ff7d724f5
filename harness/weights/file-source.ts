import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, read, readSync, statSync } from 'node:fs';
import { promisify } from 'node:util';
import { UnusableFile } from './unusable-file.ts';

const readAsync = promisify(read);
const HASH_CHUNK = 4 << 20;
/** Up to here the whole file is read at once: hundreds of small reads cost more than the copy. */
const WHOLE_FILE = 64 << 20;

/**
 * A file open for reading at positions. Every read is checked against the file's size before memory is taken for it,
 * so that a length read from a damaged file cannot ask for more than the file has.
 */
export class FileSource {
  readonly size: number;
  readonly #fd: number;
  #whole: Uint8Array | undefined;

  private constructor(fd: number, size: number) {
    this.#fd = fd;
    this.size = size;
  }

  /** @throws UnusableFile when there is no such file, or it is not a regular one. */
  static open(path: string): FileSource {
    try {
      // Before opening: opening a pipe would wait for somebody to write to it.
      if (!statSync(path).isFile()) {
        throw new UnusableFile('it is not a file', 'give the path of a checkpoint or an ONNX file');
      }
      const fd = openSync(path, 'r');
      return new FileSource(fd, fstatSync(fd).size);
    } catch (error) {
      if (error instanceof UnusableFile) throw error;
      const code = (error as NodeJS.ErrnoException).code ?? String(error);
      if (code === 'ENOENT') throw new UnusableFile('there is no such file', 'check the path');
      if (code === 'EACCES') throw new UnusableFile('reading it is not permitted', 'change its permissions');
      throw new UnusableFile(`it cannot be opened (${code})`, 'check the path');
    }
  }

  /** Bytes `position … position + length` in memory of their own, 8-byte aligned. */
  read(position: number, length: number): Uint8Array<ArrayBuffer> {
    this.#checkRange(position, length);
    const bytes = allocate(length);
    this.readInto(bytes, position);
    return bytes;
  }

  readInto(target: Uint8Array, position: number): void {
    this.#checkRange(position, target.length);
    if (this.size > WHOLE_FILE) {
      this.#fill(target, position);
      return;
    }
    if (!this.#whole) {
      this.#whole = allocate(this.size);
      this.#fill(this.#whole, 0);
    }
    target.set(this.#whole.subarray(position, position + target.length));
  }

  #fill(target: Uint8Array, position: number): void {
    let done = 0;
    while (done < target.length) {
      const count = readSync(this.#fd, target, done, target.length - done, position + done);
      if (count === 0) throw new UnusableFile('it became shorter while it was read');
      done += count;
    }
  }

  /** SHA-256 of the whole file in hexadecimal. */
  async sha256(): Promise<string> {
    const hash = createHash('sha256');
    if (this.#whole) return hash.update(this.#whole).digest('hex');
    const chunk = new Uint8Array(Math.min(HASH_CHUNK, Math.max(1, this.size)));
    for (let position = 0; position < this.size; ) {
      const { bytesRead } = await readAsync(this.#fd, chunk, 0, chunk.length, position);
      if (bytesRead === 0) throw new UnusableFile('it became shorter while it was read');
      hash.update(chunk.subarray(0, bytesRead));
      position += bytesRead;
    }
    return hash.digest('hex');
  }

  close(): void {
    closeSync(this.#fd);
  }

  #checkRange(position: number, length: number): void {
    if (
      !Number.isSafeInteger(position) ||
      !Number.isSafeInteger(length) ||
      position < 0 ||
      length < 0 ||
      position + length > this.size
    ) {
      throw new UnusableFile(
        `it has ${this.size} bytes, but says that ${length} of its bytes start at ${position}`,
      );
    }
  }
}

function allocate(length: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(length);
  } catch {
    throw new UnusableFile(
      `it asks for ${length} bytes of memory at once, which there are not`,
      'give the weights alone',
    );
  }
}
