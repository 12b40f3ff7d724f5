import leven from 'leven';
import { type FetchEntry, MANIFEST } from './manifest.ts';

/** One slip of the pen in so many letters is still near. */
const LETTERS_PER_SLIP = 3;
const MOST = 3;

/** `_`, capitals and `.pth`, as file names have them, do not matter. */
const normalized = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll('_', '-')
    .replace(/\.pth$/, '');

export function findEntry(name: string): FetchEntry | undefined {
  return MANIFEST.find((entry) => entry.name === normalized(name));
}

/** Up to three names that may have been meant, the nearest first; those that hold the text count as near. */
export function nearestNames(name: string): string[] {
  const wanted = normalized(name);
  return MANIFEST.map((entry) => ({ name: entry.name, edits: leven(wanted, entry.name) }))
    .filter(
      (entry) =>
        entry.edits <= wanted.length / LETTERS_PER_SLIP || (wanted.length > 2 && entry.name.includes(wanted)),
    )
    .sort((a, b) => a.edits - b.edits)
    .slice(0, MOST)
    .map((entry) => entry.name);
}
