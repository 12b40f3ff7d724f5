import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder, and those above it that are missing; one that is there already is left as it is. One by one, since Node's
 * own recursive `mkdir` never comes back where the system refuses a folder as if its parent were missing, as below `/proc`.
 * @throws the system's error
 */
export async function makeFolder(path: string): Promise<void> {
  const refused = await tryToMake(path);
  if (refused?.code !== 'ENOENT') return settle(refused);
  await makeParent(path, refused);
  return settle(await tryToMake(path));
}

function settle(refused: NodeJS.ErrnoException | null): void {
  if (refused) throw refused;
}

/** Nothing where there is a folder afterwards, whoever made it. */
async function tryToMake(path: string): Promise<NodeJS.ErrnoException | null> {
  try {
    await mkdir(path);
    return null;
  } catch (error) {
    return (await isFolder(path)) ? null : (error as NodeJS.ErrnoException);
  }
}

async function makeParent(path: string, refused: NodeJS.ErrnoException): Promise<void> {
  const parent = dirname(path);
  if (parent === path) throw refused;
  // It may have been made since; where it was there all along, the second attempt is refused again.
  if (!(await isFolder(parent))) await makeFolder(parent);
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
