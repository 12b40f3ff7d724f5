import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UsageError } from '../errors.ts';

/**
 * Looks at a file of `--out` before the measurement, which may take an hour that would be lost.
 * @throws UsageError where there is a file already, or none can be written.
 */
export async function refuseUnwritable(file: string): Promise<void> {
  const existing = await stat(file).catch(() => null);
  if (existing !== null) {
    throw new UsageError(`--out ${file} exists already: give another name, or take it away`);
  }
  try {
    await access(dirname(file), constants.W_OK);
  } catch (cause) {
    throw new UsageError(`cannot write --out ${file}: give a folder that exists and can be written to`, {
      cause,
    });
  }
}
