import { UnusableFile } from '../unusable-file.ts';

const MAX_LINE = 4096;

/** Reads little-endian values one after the other; past the end of the bytes is an error, never a zero. */
export class ByteReader {
  position = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  uint8(): number {
    return this.#bytes[this.#take(1)];
  }
  uint16(): number {
    return this.#bytes.readUInt16LE(this.#take(2));
  }
  uint32(): number {
    return this.#bytes.readUInt32LE(this.#take(4));
  }
  int32(): number {
    return this.#bytes.readInt32LE(this.#take(4));
  }
  float64BigEndian(): number {
    return this.#bytes.readDoubleBE(this.#take(8));
  }
  /** A length in 8 bytes. One beyond the exact integers is beyond the bytes as well, so rounding it does no harm. */
  length8(): number {
    return Number(this.#bytes.readBigUInt64LE(this.#take(8)));
  }
  /** A copy, so that a small value does not keep the whole file in memory. */
  bytes(length: number): Uint8Array {
    const start = this.#take(length);
    return Uint8Array.from(this.#bytes.subarray(start, start + length));
  }
  text(length: number): string {
    const start = this.#take(length);
    return this.#bytes.toString('utf8', start, start + length);
  }
  /** Text up to a line feed, which is taken too. */
  line(): string {
    const start = this.position;
    const end = this.#bytes.subarray(start, start + MAX_LINE).indexOf(0x0a);
    if (end < 0) {
      if (start + MAX_LINE > this.#bytes.length) this.#take(MAX_LINE);
      throw new UnusableFile(`its pickle has a line of over ${MAX_LINE} characters`);
    }
    this.position = start + end + 1;
    return this.#bytes.toString('utf8', start, start + end);
  }

  #take(length: number): number {
    const start = this.position;
    if (length > this.#bytes.length - start) throw new TruncatedPickle();
    this.position = start + length;
    return start;
  }
}

/** The bytes ended inside the pickle: a reader that holds only the head of a file then reads on. */
export class TruncatedPickle extends UnusableFile {
  constructor() {
    super('it ends in the middle of its pickle');
  }
}
