import type { KeyDifference } from '../store/history/index.ts';
import { keyWords } from './key-words.ts';

/** `conf 0.001 → 0.01; weights 75f4b0a1 → 3c9d22e0` */
export function differencesText(differences: readonly KeyDifference[]): string {
  return differences
    .map((found) => `${keyWords(found).words} ${valueText(found.from)} → ${valueText(found.to)}`)
    .join('; ');
}

/** What to run with so that nothing differs any more, `--size 224, the same images`; empty where no option decides it. */
export function fixesText(differences: readonly KeyDifference[]): string {
  return [...new Set(differences.flatMap((found) => keyWords(found).fix?.(found.from) ?? []))].join(', ');
}

function valueText(value: unknown): string {
  if (typeof value === 'string') return /^[0-9a-f]{40,64}(-dirty)?$/.test(value) ? shortHash(value) : value;
  if (value === null || typeof value !== 'object') return value === null ? 'none' : JSON.stringify(value);
  // Of a size its height and width; of what one side has not at all what it says.
  const parts = Object.values(value).filter((part) => part !== null);
  return parts.map(valueText).join(Array.isArray(value) ? ' × ' : ', ');
}

const shortHash = (hash: string): string => `${hash.slice(0, 8)}${hash.endsWith('-dirty') ? '-dirty' : ''}`;
