import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Takes away what a kill leaves, in a run folder that is locked, of files that were to be renamed. */
export async function removeTemporaryFiles(path: string): Promise<void> {
  for (const folder of [path, join(path, 'gallery')]) {
    for (const file of await readdir(folder).catch(() => [])) {
      if (/^\..+\.[0-9a-f-]{36}\.part$/.test(file)) await rm(join(folder, file), { force: true });
    }
  }
}
