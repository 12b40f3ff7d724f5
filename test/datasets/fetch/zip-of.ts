import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';

/** A zip archive of these files, stored or deflated, if asked for with the 64-bit records of large ones. */
export function zipOf(
  files: Record<string, string | Uint8Array>,
  compress = false,
  forceZip64Format = false,
): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [path, content] of Object.entries(files)) {
    zip.addBuffer(Buffer.from(content), path, { compress, mtime: new Date(0) });
  }
  zip.end({ forceZip64Format, comment: '' });
  return buffer(zip.outputStream);
}

/** The archive with every occurrence of a text replaced by one of the same length: names no writer would write. */
export function patched(archive: Buffer, from: string, to: string): Buffer {
  const copy = Buffer.from(archive);
  for (let at = copy.indexOf(from, 0, 'latin1'); at >= 0; at = copy.indexOf(from, at + 1, 'latin1'))
    copy.write(to, at, 'latin1');
  return copy;
}

/** An archive of 64-bit records with another number of entries in them than it has. */
export function claimingEntries(archive: Buffer, count: number): Buffer {
  const copy = Buffer.from(archive);
  const record = copy.indexOf('PK\x06\x06', 0, 'latin1');
  // Entries on this disk, and in all.
  for (const at of [24, 32]) copy.writeBigUInt64LE(BigInt(count), record + at);
  return copy;
}
