import { deflateSync, inflateSync } from 'node:zlib';

/** The text of a record as a history keeps it: a year of COCO records is hundreds of megabytes otherwise. */
export function packRecord(text: string): Buffer {
  return deflateSync(text, { level: 6 });
}

/** @throws an Error where the bytes are no such text, whose checksum they carry. */
export function unpackRecord(bytes: Buffer): string {
  return inflateSync(bytes).toString('utf8');
}
