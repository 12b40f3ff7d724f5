import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseRunRecord, type RunRecord } from '../../reports/index.ts';
import { BadDataError } from '../errors.ts';

/**
 * Reads the record of a run folder.
 * @throws BadDataError when there is none, or it is not a record of a version this program knows.
 */
export async function readRecord(folder: string): Promise<RunRecord> {
  return (await readRecordText(folder)).record;
}

/** The same, with the text of the file. */
export async function readRecordText(folder: string): Promise<{ text: string; record: RunRecord }> {
  const path = join(folder, 'run.json');
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new BadDataError(`cannot read ${path} (${error.code}): give a folder that mlu-parity run made`, {
      cause: error,
    });
  });
  try {
    return { text, record: parseRunRecord(JSON.parse(text)) };
  } catch (error) {
    throw new BadDataError(`cannot use ${path}: ${(error as Error).message}; run again to make a new one`, {
      cause: error,
    });
  }
}
