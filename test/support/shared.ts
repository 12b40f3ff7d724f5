import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of real weights, images and golden outputs that stands beside a checkout; never part of it. */
const SHARED = fileURLToPath(new URL('../../../shared', import.meta.url));

export const sharedPath = (...parts: string[]): string => join(SHARED, ...parts);

/**
 * Whether the large real data is there. In CI its absence is an error, so that the tests that need it can never be
 * passed over in silence; on a user's machine those tests say that they were skipped.
 */
export const hasShared: boolean = (() => {
  const found = existsSync(sharedPath('data', 'README.md')) && existsSync(sharedPath('golden', 'README.md'));
  if (!found && process.env.CI) throw new Error(`CI needs the shared data at ${SHARED}, which is not there`);
  return found;
})();
