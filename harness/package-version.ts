import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Version of this package; its `package.json` lies above both `harness/` and `dist/harness/`. */
export function packageVersion(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return readVersion(join(folder, 'package.json'));
}

/** Version of an installed dependency, or null where it is not installed. */
export function dependencyVersion(name: string): string | null {
  const paths = createRequire(import.meta.url).resolve.paths(name) ?? [];
  const file = paths.map((path) => join(path, name, 'package.json')).find((path) => existsSync(path));
  return file === undefined ? null : readVersion(file);
}

function readVersion(file: string): string {
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
