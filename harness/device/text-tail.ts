import { shorten } from '../weights/shorten.ts';

const MAX_BYTES = 8192;
const MAX_LINES = 20;

/** The last 20 lines, 8 kB at most, of what flows by, however much that is. */
export class TextTail {
  #bytes: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk.subarray(-MAX_BYTES)]).subarray(-MAX_BYTES);
  }

  /** Without control characters, which a terminal would obey. */
  lines(): string[] {
    return this.#bytes
      .toString('utf8')
      .split(/[\r\n]+/)
      .map((line) => shorten(line, 500).trim())
      .filter((line) => line !== '')
      .slice(-MAX_LINES);
  }
}
