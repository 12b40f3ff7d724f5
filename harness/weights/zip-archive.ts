import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';
import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from 'yauzl';
import type { FileSource } from './file-source.ts';
import { quote, shorten } from './shorten.ts';
import { UnusableFile } from './unusable-file.ts';

const inflate = promisify(inflateRaw);

const MAX_ENTRIES = 100_000;
const STORED = 0;
const DEFLATED = 8;

/** A zip file's entries by name; their contents are read one by one, checked against length and CRC-32. */
export class ZipArchive {
  readonly #source: FileSource;
  readonly #zip: ZipFile;
  readonly #entries: ReadonlyMap<string, Entry>;

  private constructor(source: FileSource, zip: ZipFile, entries: ReadonlyMap<string, Entry>) {
    this.#source = source;
    this.#zip = zip;
    this.#entries = entries;
  }

  /** @throws UnusableFile when the directory is damaged, or an entry's name could leave a folder (`..`, `/`). */
  static async open(source: FileSource): Promise<ZipArchive> {
    const entries = new Map<string, Entry>();
    const zip = await explain(
      fromRandomAccessReaderPromise(new BoundedReader(source), source.size, {
        autoClose: false,
        strictFileNames: true,
      }),
    );
    zip.on('error', () => undefined); // eachEntry reports it; without a listener Node would end the process
    if (zip.entryCount > MAX_ENTRIES) {
      throw new UnusableFile(`its zip directory claims ${zip.entryCount} entries`);
    }
    let claimed = 0;
    await explain(
      (async () => {
        for await (const entry of zip.eachEntry()) {
          claimed += entry.compressedSize;
          if (entries.has(entry.fileName)) {
            throw new UnusableFile(`its zip directory has ${quote(entry.fileName)} twice`);
          }
          entries.set(entry.fileName, entry);
        }
      })(),
    );
    if (claimed > source.size) {
      throw new UnusableFile(
        `its zip entries overlap: together ${claimed} bytes in a file of ${source.size}`,
      );
    }
    return new ZipArchive(source, zip, entries);
  }

  names(): readonly string[] {
    return [...this.#entries.keys()];
  }

  /** Uncompressed length of an entry as the directory states it; undefined when there is no such entry. */
  sizeOf(name: string): number | undefined {
    return this.#entries.get(name)?.uncompressedSize;
  }

  /**
   * Contents of an entry, 8-byte aligned and in memory of their own.
   * @throws UnusableFile when it is missing, encrypted, damaged, or packed in an unknown way.
   */
  async read(name: string): Promise<Uint8Array<ArrayBuffer>> {
    const entry = this.#entries.get(name);
    const shown = shorten(name);
    if (!entry) throw new UnusableFile(`its zip archive has no entry ${quote(name)}`);
    if (entry.isEncrypted()) throw new UnusableFile(`its entry ${shown} is encrypted`, 'unpack it first');
    const { fileDataStart } = await explain(this.#zip.readLocalFileHeaderPromise(entry, { minimal: true }));
    const packed = this.#source.read(fileDataStart, entry.compressedSize);
    const bytes = await unpack(packed, entry, shown);
    if (crc32(bytes) !== entry.crc32) {
      throw new UnusableFile(`its entry ${shown} does not match its CRC-32 checksum`);
    }
    return bytes;
  }
}

async function unpack(
  packed: Uint8Array<ArrayBuffer>,
  entry: Entry,
  shown: string,
): Promise<Uint8Array<ArrayBuffer>> {
  if (entry.compressionMethod === STORED) return packed;
  if (entry.compressionMethod !== DEFLATED) {
    throw new UnusableFile(
      `its entry ${shown} is packed by zip method ${entry.compressionMethod}`,
      'save it again with torch.save, which stores it unpacked',
    );
  }
  if (entry.uncompressedSize === 0) return new Uint8Array(0);
  const bytes = await inflate(packed, { maxOutputLength: entry.uncompressedSize }).catch(() => undefined);
  if (bytes?.length !== entry.uncompressedSize) {
    throw new UnusableFile(
      `its entry ${shown} does not unpack to the ${entry.uncompressedSize} bytes promised`,
    );
  }
  return Uint8Array.from(bytes); // inflate may answer with a slice of a pool, unaligned
}

/** Hands yauzl the file's bytes; a position it read from the file itself may be anything. */
class BoundedReader extends RandomAccessReader {
  readonly #source: FileSource;
  constructor(source: FileSource) {
    super();
    this.#source = source;
  }
  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    let failure: Error | null = null;
    try {
      this.#source.readInto(buffer.subarray(offset, offset + length), position);
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
    }
    // At once, not later: whatever yauzl throws on a hostile directory then reaches the promise that waits for it.
    callback(failure);
  }
}

/** yauzl's errors are plain ones that say what is wrong with the archive. */
async function explain<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof UnusableFile) throw error;
    throw new UnusableFile(`its zip structure is damaged (${shorten((error as Error).message, 160)})`);
  }
}
