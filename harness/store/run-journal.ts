import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { writeFileAtomically } from '../../datasets/write-file-atomically.ts';
import { BadDataError } from '../errors.ts';
import { exactJson, parseExactJson } from './exact-json.ts';
import { unwritable, writeFully } from './write-fully.ts';

/** What a run has finished, line by line, for who goes on with it or joins it with others. */
export const JOURNAL = 'journal.jsonl';

/**
 * Appends to the journal of a run folder. A line is JSON, a tab and its CRC-32: one that was cut off by a kill is known as such,
 * and so is one that the disk holds otherwise than it was written.
 */
export class RunJournal {
  readonly #path: string;
  readonly #file: FileHandle;
  #end: number;

  private constructor(path: string, file: FileHandle, end: number) {
    this.#path = path;
    this.#file = file;
    this.#end = end;
  }

  /** Makes the journal with its first line: there is none without it, whenever the process is killed. */
  static async create(folder: string, first: unknown): Promise<RunJournal> {
    const path = join(folder, JOURNAL);
    const line = lineOf(first);
    await writeFileAtomically(path, line).catch((error: unknown) => {
      throw unwritable(path, error);
    });
    return RunJournal.reopen(folder, Buffer.byteLength(line));
  }

  /** Goes on behind the first `end` bytes; the rest is cut off. */
  static async reopen(folder: string, end: number): Promise<RunJournal> {
    const path = join(folder, JOURNAL);
    try {
      const file = await open(path, 'r+');
      await file.truncate(end);
      return new RunJournal(path, file, end);
    } catch (error) {
      throw unwritable(path, error);
    }
  }

  /** @throws BadDataError when it cannot; a later line takes the place of what was written of this one. */
  async append(entry: unknown): Promise<void> {
    const bytes = Buffer.from(lineOf(entry));
    await writeFully(this.#file, bytes, this.#end, this.#path);
    this.#end += bytes.length;
  }

  sync(): Promise<void> {
    return this.#file.datasync();
  }

  async close(): Promise<void> {
    try {
      await this.#file.truncate(this.#end);
      await this.#file.sync();
    } finally {
      await this.#file.close();
    }
  }
}

export interface JournalLine {
  /** Null for a line that is cut off or damaged. */
  readonly entry: unknown;
  /** From 1. */
  readonly number: number;
  /** Bytes of the file up to the end of this line. */
  readonly end: number;
}

/** @throws BadDataError when there is none that can be read. */
export async function* readJournal(folder: string): AsyncGenerator<JournalLine> {
  const path = join(folder, JOURNAL);
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    throw new BadDataError(
      `cannot read ${path} (${error.code}): give a folder that mlu-parity run began and did not finish, or a shard`,
      { cause: error },
    );
  });
  if (!(await file.stat()).isFile()) {
    await file.close();
    throw new BadDataError(`cannot read ${path}: it is no file; give the folder of a run as it was left`);
  }
  let number = 0;
  let end = 0;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of file.createReadStream({ highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let from = 0;
    for (let to = rest.indexOf(NEW_LINE); to >= 0; to = rest.indexOf(NEW_LINE, from)) {
      end += to + 1 - from;
      yield { entry: entryOf(rest.subarray(from, to)), number: ++number, end };
      from = to + 1;
    }
    rest = rest.subarray(from);
  }
  if (rest.length > 0) yield { entry: null, number: number + 1, end: end + rest.length };
}

const NEW_LINE = 0x0a;
const CRC_DIGITS = 8;

function lineOf(entry: unknown): string {
  const json = exactJson(entry);
  return `${json}\t${crcOf(Buffer.from(json))}\n`;
}

const crcOf = (bytes: Uint8Array): string => crc32(bytes).toString(16).padStart(CRC_DIGITS, '0');

function entryOf(line: Buffer): unknown {
  const json = line.subarray(0, Math.max(0, line.length - CRC_DIGITS - 1));
  if (line.subarray(json.length).toString('latin1') !== `\t${crcOf(json)}`) return null;
  return parseExactJson(json.toString('utf8'));
}
