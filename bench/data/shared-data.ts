import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/** Real weights and pictures stand in a folder beside the checkout, which `npm run` makes the working directory. */
export const sharedPath = (...parts: string[]): string => resolve('..', 'shared', ...parts);

/** Why a row cannot run: the first of the files that is not there; undefined when all are. */
export function missingShared(...paths: readonly string[]): string | undefined {
  const missing = paths.find((path) => !existsSync(path));
  return missing === undefined ? undefined : `${missing} is not there`;
}
