import { crc32 } from 'node:zlib';

/** A frame of PROTOCOL.md. */
export interface Frame {
  /** A JSON object, `payloads` apart. */
  readonly head: Readonly<Record<string, unknown>>;
  readonly payloads: ReadonlyMap<string, Uint8Array>;
}

export const MAGIC = Buffer.from('MLUP');
/** Magic, length of the head, length of the payloads; the CRC-32 follows. */
export const LENGTHS_BYTES = 16;
export const PREFIX_BYTES = 20;
export const MAX_HEAD_BYTES = 16 * 2 ** 20;
export const MAX_PAYLOAD_BYTES = 2 ** 30;

/**
 * A frame as pieces to be written one after the other: the payloads are not copied.
 * @throws RangeError for a frame larger than the protocol has it.
 */
export function encodeFrame(
  head: Readonly<Record<string, unknown>>,
  payloads: ReadonlyMap<string, Uint8Array> = new Map(),
): Uint8Array[] {
  const listed = [...payloads].map(([name, { length }]) => ({ name, bytes: length }));
  const text = Buffer.from(JSON.stringify(listed.length ? { ...head, payloads: listed } : head));
  const total = listed.reduce((sum, { bytes }) => sum + bytes, 0);
  if (text.length > MAX_HEAD_BYTES || total > MAX_PAYLOAD_BYTES) {
    throw new RangeError(
      `cannot send a frame with a head of ${text.length} bytes and payloads of ${total}: ` +
        `the protocol has ${MAX_HEAD_BYTES} and ${MAX_PAYLOAD_BYTES}`,
    );
  }
  const prefix = Buffer.alloc(PREFIX_BYTES);
  MAGIC.copy(prefix);
  prefix.writeUInt32LE(text.length, 4);
  prefix.writeBigUInt64LE(BigInt(total), 8);
  const bodies = [text, ...payloads.values()];
  prefix.writeUInt32LE(
    bodies.reduce((crc, body) => crc32(body, crc), crc32(prefix.subarray(0, LENGTHS_BYTES))),
    LENGTHS_BYTES,
  );
  return [prefix, ...bodies];
}
