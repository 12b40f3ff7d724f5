import { deflateSync, inflateSync } from 'node:zlib';
import { parseRunRecord, type RunRecord } from '../../../reports/index.ts';
import { BadDataError } from '../../errors.ts';
import { hashOfJson } from './canonical-json.ts';
import { DAMAGED } from './history-error.ts';

/** A record as a history has it. */
export interface StoredRecord {
  readonly id: number;
  readonly recordSha256: string;
  readonly record: Buffer;
}

/** The text of a record as a history keeps it: a year of COCO records is hundreds of megabytes otherwise. */
export function packRecord(text: string): Buffer {
  return deflateSync(text);
}

/**
 * The record as it was recorded.
 * @throws BadDataError where it is no longer what was recorded, or none.
 */
export function unpackRecord(file: string, { id, recordSha256, record }: StoredRecord): RunRecord {
  const json = unpackJson(file, id, record);
  if (hashOfJson(json) === recordSha256) return parseStoredRecord(file, id, json);
  throw new BadDataError(
    `the record of run ${id} in the history ${file} is not the one that was recorded: ${DAMAGED}`,
  );
}

function unpackJson(file: string, id: number, record: Buffer): unknown {
  try {
    return JSON.parse(inflateSync(record).toString('utf8'));
  } catch (cause) {
    throw new BadDataError(`cannot use the record of run ${id} in the history ${file}: ${DAMAGED}`, {
      cause,
    });
  }
}

/** What was recorded, and is refused by now, is not damaged. */
function parseStoredRecord(file: string, id: number, json: unknown): RunRecord {
  try {
    return parseRunRecord(json);
  } catch (cause) {
    throw new BadDataError(
      `cannot use the record of run ${id} in the history ${file}: ${(cause as Error).message}; move the file away and import the other runs again`,
      { cause },
    );
  }
}
