import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { BackendRecord, RunRecord } from '../../reports/record/index.ts';
import { BadDataError } from '../errors.ts';
import { hashOfJson } from '../store/history/index.ts';
import { readRecordText } from '../store/read-record.ts';

/** A run as its folder has it. */
export interface GateRun {
  readonly folder: string;
  readonly record: RunRecord;
  /** The record as it was written, and the hash that a history knows it by. */
  readonly text: string;
  readonly recordSha256: string;
}

/** @throws BadDataError where the folder has no record that can be read. */
export async function readGateRun(folder: string): Promise<GateRun> {
  const { text, record } = await readRecordText(folder);
  return { folder: resolve(folder), record, text, recordSha256: hashOfJson(JSON.parse(text)) };
}

/**
 * The detections of a backend as their file has them.
 * @throws BadDataError where there is no such file.
 */
export async function readDetections({ folder }: GateRun, backend: BackendRecord): Promise<string> {
  const path = join(folder, backend.detectionsFile);
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new BadDataError(
      `cannot read ${path} (${error.code}): the run has lost the detections of ${backend.name}; run again`,
      { cause: error },
    );
  });
}

/** A backend whose figures are of every image of the run. */
export function isFinished({ dataset }: RunRecord, { failure, images, metrics }: BackendRecord): boolean {
  return failure === null && images === dataset.images && metrics !== null;
}
