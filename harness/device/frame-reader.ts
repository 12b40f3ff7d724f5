import { crc32 } from 'node:zlib';
import { z } from 'zod';
import {
  type Frame,
  LENGTHS_BYTES,
  MAGIC,
  MAX_HEAD_BYTES,
  MAX_PAYLOAD_BYTES,
  PREFIX_BYTES,
} from './frame.ts';
import { ProtocolError } from './protocol-error.ts';

const headSchema = z.looseObject({
  payloads: z.array(z.strictObject({ name: z.string(), bytes: z.number().int().nonnegative() })).default([]),
});

/** Bodies grow with what has arrived, not with what a damaged length promises. */
const FIRST_BODY_BYTES = 2 ** 20;

/**
 * Takes the bytes of a connection as they come and gives the frames in them. Each byte is copied once, and once more for
 * each doubling of a body beyond a mebibyte.
 */
export class FrameReader {
  readonly #prefix = Buffer.alloc(PREFIX_BYTES);
  #prefixFilled = 0;
  #headBytes = 0;
  #bodyBytes = 0;
  #body = Buffer.alloc(0);
  #bodyFilled = 0;

  /**
   * The frames that end in `chunk`. Their payloads are views of one buffer each, which nothing else uses.
   * @throws ProtocolError once, for the first thing that is no frame; a reader that threw is of no further use.
   */
  *push(chunk: Uint8Array): Generator<Frame, void, undefined> {
    let at = 0;
    while (at < chunk.length) {
      at += this.#prefixFilled < PREFIX_BYTES ? this.#takePrefix(chunk, at) : this.#takeBody(chunk, at);
      if (this.#prefixFilled === PREFIX_BYTES && this.#bodyFilled === this.#bodyBytes) yield this.#finish();
    }
  }

  /** @throws ProtocolError where the connection ended inside a frame. */
  end(): void {
    if (this.#prefixFilled > 0) throw new ProtocolError('a frame is cut');
  }

  #takePrefix(chunk: Uint8Array, at: number): number {
    const count = Math.min(PREFIX_BYTES - this.#prefixFilled, chunk.length - at);
    this.#prefix.set(chunk.subarray(at, at + count), this.#prefixFilled);
    this.#prefixFilled += count;
    // As soon as one byte is another: a shell's banner may be shorter than a prefix, and nothing would follow it.
    const known = Math.min(this.#prefixFilled, MAGIC.length);
    if (this.#prefix.compare(MAGIC, 0, known, 0, known) !== 0) {
      throw new ProtocolError('bytes that begin no frame');
    }
    if (this.#prefixFilled === PREFIX_BYTES) this.#beginBody();
    return count;
  }

  #beginBody(): void {
    this.#headBytes = this.#prefix.readUInt32LE(4);
    const payloadBytes = this.#prefix.readBigUInt64LE(8);
    if (this.#headBytes > MAX_HEAD_BYTES || payloadBytes > MAX_PAYLOAD_BYTES) {
      throw new ProtocolError(
        `a frame with a head of ${this.#headBytes} bytes and payloads of ${payloadBytes}`,
      );
    }
    this.#bodyBytes = this.#headBytes + Number(payloadBytes);
    this.#body = Buffer.allocUnsafeSlow(Math.min(this.#bodyBytes, FIRST_BODY_BYTES));
    this.#bodyFilled = 0;
  }

  #takeBody(chunk: Uint8Array, at: number): number {
    const count = Math.min(this.#bodyBytes - this.#bodyFilled, chunk.length - at);
    if (this.#bodyFilled + count > this.#body.length) {
      const larger = Buffer.allocUnsafeSlow(
        Math.min(this.#bodyBytes, Math.max(2 * this.#body.length, this.#bodyFilled + count)),
      );
      this.#body.copy(larger, 0, 0, this.#bodyFilled);
      this.#body = larger;
    }
    this.#body.set(chunk.subarray(at, at + count), this.#bodyFilled);
    this.#bodyFilled += count;
    return count;
  }

  #finish(): Frame {
    const body = this.#body;
    const crc = crc32(body, crc32(this.#prefix.subarray(0, LENGTHS_BYTES)));
    if (crc !== this.#prefix.readUInt32LE(LENGTHS_BYTES))
      throw new ProtocolError('a frame with another CRC-32');
    this.#prefixFilled = 0;
    this.#bodyFilled = 0;
    this.#bodyBytes = 0;
    this.#body = Buffer.alloc(0);
    const { payloads, ...head } = parseHead(body.subarray(0, this.#headBytes));
    return { head, payloads: split(payloads, body.subarray(this.#headBytes)) };
  }
}

function parseHead(text: Buffer): z.infer<typeof headSchema> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text));
  } catch (error) {
    throw new ProtocolError('a frame whose head is no JSON', { cause: error });
  }
  const checked = headSchema.safeParse(json);
  if (!checked.success) {
    throw new ProtocolError('a frame whose head is none', { cause: checked.error });
  }
  return checked.data;
}

function split(
  listed: readonly { readonly name: string; readonly bytes: number }[],
  bytes: Uint8Array,
): Map<string, Uint8Array> {
  const payloads = new Map<string, Uint8Array>();
  let at = 0;
  for (const { name, bytes: count } of listed) {
    payloads.set(name, bytes.subarray(at, at + count));
    at += count;
  }
  if (at !== bytes.length || payloads.size !== listed.length) {
    throw new ProtocolError(`a frame that lists ${at} bytes of payloads and has ${bytes.length}`);
  }
  return payloads;
}
