import { readFile } from 'node:fs/promises';
import { DatasetError, fileTrouble } from './dataset-error.ts';
import { sha256 } from './sha256.ts';

export interface JsonFile {
  readonly value: unknown;
  /** Of the bytes of the file, hexadecimal. */
  readonly sha256: string;
}

/**
 * Reads and parses a JSON file; a UTF-8 byte-order mark is skipped.
 *
 * Of a key that stands twice in one object the last value counts, as in Python's `json`. At the top level that would drop
 * a whole list, so there it is refused.
 *
 * @param what names the kind of file in messages, e.g. `annotation file`
 * @throws DatasetError naming the file, when it cannot be read or is not JSON; of NaN, truncation, compression and
 *   another encoding it says so
 */
export async function readJsonFile(path: string, what: string): Promise<JsonFile> {
  const failure = (reason: string, cause?: unknown) =>
    new DatasetError(`cannot read the ${what} ${path}: ${reason}`, { cause });
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw failure(fileTrouble(error), error);
  }
  if (bytes.length === 0) throw failure('it is empty');
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) throw failure('it is compressed with gzip; unpack it first');
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    throw failure('it is written in UTF-16; save it as UTF-8');
  }
  let text: string;
  let value: unknown;
  try {
    // Takes the byte-order mark off.
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw failure(
      bytes.length > MAX_BYTES
        ? `its ${bytes.length} bytes are more than one string can hold; split it`
        : 'it is not UTF-8 text',
      error,
    );
  }
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw failure(whyNotJson(text, error), error);
  }
  const twice = topLevelKeyTwice(text, value);
  if (twice !== undefined) {
    throw failure(
      `the key "${twice}" stands in it twice, so that a part of the data would be lost; merge the two`,
    );
  }
  return { value, sha256: sha256(bytes) };
}

/** V8 holds no longer string (2²⁹ − 24 characters). */
const MAX_BYTES = 2 ** 29 - 24;

function whyNotJson(text: string, error: unknown): string {
  if (text.trim() === '') return 'there is nothing but white space in it';
  const scan = scanStructure(text);
  if (scan.notANumber) {
    const { literal, offset } = scan.notANumber;
    return (
      `line ${lineOf(text, offset)} has ${literal}, which Python writes for a value that is not a finite number and ` +
      'which is not JSON; find out where it comes from, and write the file with allow_nan=False'
    );
  }
  if (scan.open)
    return `it ends in the middle of the data after ${text.length} characters; fetch or write it again`;
  return `it is not JSON (${error instanceof Error ? error.message : String(error)})`;
}

function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

interface Structure {
  /** The first such literal outside a string. */
  readonly notANumber: { literal: string; offset: number } | undefined;
  /** The text ends within a string, list or object. */
  readonly open: boolean;
  readonly topLevelKeys: readonly string[];
}

const CODE = {
  quote: 0x22,
  backslash: 0x5c,
  colon: 0x3a,
  open: 0x5b,
  openObject: 0x7b,
  close: 0x5d,
  closeObject: 0x7d,
};

/** A walk over brackets and strings that needs no valid JSON. */
function scanStructure(text: string): Structure {
  let depth = 0;
  let notANumber: Structure['notANumber'];
  const topLevelKeys: string[] = [];
  const literal = /(?<![\w.])-?(?:NaN|Infinity)\b/y;
  let offset = 0;
  while (offset < text.length) {
    const code = text.charCodeAt(offset);
    if (code === CODE.quote) {
      const end = endOfString(text, offset);
      if (end < 0) return { notANumber, open: true, topLevelKeys };
      if (depth === 1 && /^\s*:/.test(text.slice(end, end + 64)))
        topLevelKeys.push(text.slice(offset + 1, end - 1));
      offset = end;
      continue;
    }
    if (code === CODE.open || code === CODE.openObject) depth++;
    else if (code === CODE.close || code === CODE.closeObject) depth--;
    else if (!notANumber && (code === 0x4e || code === 0x49 || code === 0x2d)) {
      literal.lastIndex = offset;
      const found = literal.exec(text)?.[0];
      if (found) notANumber = { literal: found, offset };
    }
    offset++;
  }
  return { notANumber, open: depth > 0, topLevelKeys };
}

/** Offset behind the closing quote, or −1. */
function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === CODE.backslash) i++;
    else if (code === CODE.quote) return i + 1;
  }
  return -1;
}

/** The whole walk is taken only where a plain search finds a top-level key more than once. */
function topLevelKeyTwice(text: string, value: unknown): string | undefined {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined;
  const suspect = Object.keys(value).some((key) => {
    const quoted = JSON.stringify(key);
    const first = text.indexOf(quoted);
    return first >= 0 && text.indexOf(quoted, first + 1) >= 0;
  });
  if (!suspect) return undefined;
  const seen = new Set<string>();
  return scanStructure(text).topLevelKeys.find((key) => seen.size === seen.add(key).size);
}
