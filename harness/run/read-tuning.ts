import { readFile } from 'node:fs/promises';
import { type TuneResult, tuneResultSchema } from '../../reports/record/index.ts';
import { BadDataError } from '../errors.ts';
import type { RunInputs } from './open-inputs.ts';

/**
 * Reads what `tune --out` wrote, for the page of a run of the same network.
 * @throws BadDataError when the file cannot be read, is no such result, or is of other weights or another input size.
 */
export async function readTuning(
  path: string,
  { model, size }: Pick<RunInputs, 'model' | 'size'>,
): Promise<TuneResult> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new BadDataError(`cannot read the tuning ${path} (${error.code}): give what tune --out wrote`, {
      cause: error,
    });
  });
  const result = tuneResultSchema.safeParse(parsed(text));
  if (!result.success) {
    const { path: at, message } = result.error.issues[0]!;
    throw new BadDataError(
      `cannot use the tuning ${path}: ${at.join('.') || 'top level'}: ${message}; give what tune --out wrote`,
    );
  }
  const { network } = result.data;
  if (network?.sha256 !== model.sha256 || network.height !== size.height || network.width !== size.width) {
    const of = network ? `${network.file} at ${network.height}x${network.width}` : 'no network';
    throw new BadDataError(
      `cannot use the tuning ${path}: it is of ${of}, and this run is of ${model.file} at ${size.height}x${size.width}; tune those weights at that size`,
    );
  }
  return result.data;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
