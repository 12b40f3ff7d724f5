import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { DatasetError } from '../dataset-error.ts';
import { makeFolder } from '../make-folder.ts';
import { demandSpace } from './demand-space.ts';
import type { FetchTools } from './fetch-tools.ts';
import type { Unpacking } from './manifest.ts';

/** One file of a fetched data set. */
export interface PlacedFile {
  /** Below the folder, with `/`. */
  readonly path: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

const MAX_ENTRIES = 500_000;
/** What an archive may claim to unpack to, over what is known of it. */
const SLACK = { factor: 1.5, bytes: 2 ** 20 };

/**
 * Takes files out of a zip archive, each to a temporary name, checked against the archive's length and CRC-32, then
 * renamed. A file that is there and matches is left as it is, so that a second call goes on where the first one ended.
 *
 * @param take what to take; names with `..`, a drive, a backslash or a leading `/` are refused
 * @returns the files, those included that were there, in the order of the archive
 * @throws DatasetError when the archive is damaged, claims an absurd size, lacks what is taken, or another file is in a place
 */
export async function unpackArchive(
  archive: string,
  folder: string,
  take: Unpacking,
  tools: FetchTools,
): Promise<PlacedFile[]> {
  const zip = await openPromise(archive, { strictFileNames: true, autoClose: false }).catch(damaged(archive));
  zip.on('error', () => undefined); // eachEntry reports it; without a listener Node would end the process
  const { observer, signal } = tools;
  try {
    const entries = await entriesToTake(zip, archive, take).catch(damaged(archive));
    await demandSpace(folder, await bytesToWrite(entries, folder), `the files of ${archive}`, tools);
    const placed: PlacedFile[] = [];
    observer.start(`unpacking ${take.take}`, { total: entries.length, done: 0, unit: 'count' });
    for (const entry of entries) {
      signal.throwIfAborted();
      placed.push(
        (await alreadyPlaced(entry, folder)) ??
          (await place(zip, entry, folder, signal).catch(damaged(archive))),
      );
      observer.advance(1);
    }
    return placed;
  } finally {
    observer.stop();
    zip.close();
  }
}

async function entriesToTake(
  zip: ZipFile,
  archive: string,
  { take, files, bytes }: Unpacking,
): Promise<Entry[]> {
  const refuse = (reason: string) => new DatasetError(`cannot unpack ${archive}: ${reason}; fetch it again`);
  if (zip.entryCount > MAX_ENTRIES) throw refuse(`it claims ${zip.entryCount} entries`);
  const entries = new Map<string, Entry>();
  let claimed = 0;
  for await (const entry of zip.eachEntry()) {
    const name = entry.fileName;
    if (name.endsWith('/') || !(take.endsWith('/') ? name.startsWith(take) : name === take)) continue;
    if (entries.has(name)) throw refuse(`it has ${JSON.stringify(name)} twice`);
    entries.set(name, entry);
    claimed += entry.uncompressedSize;
    if (claimed > bytes * SLACK.factor + SLACK.bytes) {
      throw refuse(`its ${take} claims to unpack to ${claimed} bytes or more, and ${bytes} are known of it`);
    }
  }
  if (entries.size !== files) throw refuse(`it has ${entries.size} files under ${take} and not ${files}`);
  return [...entries.values()];
}

async function bytesToWrite(entries: readonly Entry[], folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of entries) {
    const there = await stat(join(folder, entry.fileName)).catch(() => undefined);
    if (there?.size !== entry.uncompressedSize) bytes += entry.uncompressedSize;
  }
  return bytes;
}

async function alreadyPlaced(entry: Entry, folder: string): Promise<PlacedFile | undefined> {
  const path = join(folder, entry.fileName);
  const there = await stat(path).catch(() => undefined);
  if (!there) return undefined;
  const meter = new Meter();
  if (there.isFile() && there.size === entry.uncompressedSize) {
    for await (const chunk of createReadStream(path)) meter.take(chunk as Buffer);
    if (meter.crc === entry.crc32) return meter.describe(entry.fileName);
  }
  throw new DatasetError(
    `cannot unpack to ${path}: there is another file than the archive's; it is left alone: move it away, or give another folder`,
  );
}

async function place(zip: ZipFile, entry: Entry, folder: string, signal: AbortSignal): Promise<PlacedFile> {
  const path = join(folder, entry.fileName);
  await makeFolder(dirname(path));
  // A name of its own: another process may be at the same file.
  const temporary = `${path}.${randomUUID()}.part`;
  const meter = new Meter();
  try {
    const content = await zip.openReadStreamPromise(entry);
    await pipeline(content, meter.pass, createWriteStream(temporary, { flags: 'wx' }), { signal });
    if (meter.crc !== entry.crc32) {
      throw new Error(`the entry ${JSON.stringify(entry.fileName)} does not match its CRC-32 checksum`);
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  return meter.describe(entry.fileName);
}

/** Length, CRC-32 and SHA-256 of what goes by. */
class Meter {
  crc = 0;
  #bytes = 0;
  readonly #sha256 = createHash('sha256');

  take(chunk: Uint8Array): void {
    this.crc = crc32(chunk, this.crc);
    this.#bytes += chunk.length;
    this.#sha256.update(chunk);
  }

  readonly pass = async function* (this: Meter, source: AsyncIterable<Buffer>) {
    for await (const chunk of source) {
      this.take(chunk);
      yield chunk;
    }
  }.bind(this);

  describe(path: string): PlacedFile {
    return { path, bytes: this.#bytes, sha256: this.#sha256.digest('hex') };
  }
}

/** yauzl's errors are plain ones that say what is wrong; an abort, and what the disk refuses, stay what they are. */
function damaged(archive: string): (error: unknown) => never {
  return (error) => {
    const system = error instanceof Error && 'syscall' in error;
    if (system || error instanceof DatasetError || (error instanceof Error && error.name === 'AbortError'))
      throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new DatasetError(`cannot unpack ${archive}: ${reason}; delete it and fetch it again`, {
      cause: error,
    });
  };
}
