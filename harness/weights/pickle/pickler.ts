import { OP } from './opcodes.ts';

/**
 * Writes protocol 2, which every Python 3 and 2.7 reads: only what a state dict needs. Values are written in the order
 * in which Python's stack machine takes them; texts and names that come again are taken from the memo.
 */
export class Pickler {
  readonly #chunks: Uint8Array[] = [];
  readonly #memo = new Map<string, number>();

  constructor() {
    this.op('PROTO');
    this.#chunks.push(Uint8Array.of(2));
  }

  op(...names: (keyof typeof OP)[]): this {
    this.#chunks.push(Uint8Array.from(names, (name) => OP[name]));
    return this;
  }

  text(value: string): this {
    return this.#once(`text ${value}`, () => {
      const bytes = Buffer.from(value, 'utf8');
      const head = Buffer.alloc(5);
      head[0] = OP.BINUNICODE;
      head.writeUInt32LE(bytes.length, 1);
      this.#chunks.push(head, bytes);
    });
  }

  global(module: string, name: string): this {
    return this.#once(`global ${module} ${name}`, () => {
      this.op('GLOBAL');
      this.#chunks.push(Buffer.from(`${module}\n${name}\n`, 'latin1'));
    });
  }

  /** A non-negative integer below 2^53, or a larger one where it must be exact. */
  integer(value: number | bigint): this {
    if (value >= 0 && value <= 255) this.#chunks.push(Uint8Array.of(OP.BININT1, Number(value)));
    else if (value >= 0 && value <= 0x7fffffff) {
      const bytes = Buffer.alloc(5);
      bytes[0] = OP.BININT;
      bytes.writeInt32LE(Number(value), 1);
      this.#chunks.push(bytes);
    } else {
      const bytes: number[] = [];
      let rest = BigInt(value);
      for (; rest > 0n; rest >>= 8n) bytes.push(Number(rest & 255n));
      if (bytes[bytes.length - 1] > 127) bytes.push(0); // or its top bit would be the sign
      this.#chunks.push(Uint8Array.of(OP.LONG1, bytes.length, ...bytes));
    }
    return this;
  }

  integers(values: readonly number[]): this {
    this.op('MARK');
    for (const value of values) this.integer(value);
    return this.op('TUPLE');
  }

  finish(): Uint8Array {
    this.op('STOP');
    return Buffer.concat(this.#chunks);
  }

  #once(key: string, write: () => void): this {
    const known = this.#memo.get(key);
    if (known === undefined) write();
    const index = Buffer.alloc(5);
    index[0] = known === undefined ? OP.LONG_BINPUT : OP.LONG_BINGET;
    index.writeUInt32LE(known ?? this.#memo.size, 1);
    if (known === undefined) this.#memo.set(key, this.#memo.size);
    this.#chunks.push(index);
    return this;
  }
}
