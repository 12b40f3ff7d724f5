import { isScenesName, parseScenesName, scenesFolder } from '../../datasets/index.ts';
import { UsageError } from '../errors.ts';
import type { RunTools } from './run-tools.ts';

/**
 * The folder that `--dataset` or `--calibration` means: the value itself, or for `scenes:COUNT?seed=N` the folder of the
 * scenes, which are drawn first where the cache has them not.
 * @throws UsageError for scenes that there are none of; DatasetError when they cannot be kept.
 */
export async function datasetFolder(
  value: string,
  { progress, signal }: Pick<RunTools, 'progress' | 'signal'>,
): Promise<string> {
  if (!isScenesName(value)) return value;
  const name = nameOf(value);
  let started = false;
  try {
    return await scenesFolder(name, {
      signal,
      onScene() {
        if (!started) progress.start('scenes drawn', name.count);
        started = true;
        progress.advance();
      },
    });
  } finally {
    if (started) progress.stop();
  }
}

function nameOf(value: string): ReturnType<typeof parseScenesName> {
  try {
    return parseScenesName(value);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(error.message, { cause: error });
  }
}
