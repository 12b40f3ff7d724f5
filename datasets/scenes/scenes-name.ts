import { LARGEST_SCENE_SEED } from './draw-scene.ts';

/** Generated scenes by number and seed. */
export interface ScenesName {
  readonly count: number;
  readonly seed: number;
}

const PREFIX = 'scenes:';
const LARGEST_COUNT = 100_000;

/** Whether a text that stands for a data set folder names generated scenes. */
export const isScenesName = (text: string): boolean => text.startsWith(PREFIX);

/**
 * Reads `scenes:COUNT?seed=N`; the seed is 0 unless given.
 * @throws RangeError for any other form, a count outside 1 … 100000 or a seed outside 0 … 32767
 */
export function parseScenesName(text: string): ScenesName {
  const match = /^scenes:(\d{1,9})(?:\?seed=(\d{1,9}))?$/.exec(text);
  const count = Number(match?.[1]);
  const seed = Number(match?.[2] ?? 0);
  if (!match || count < 1 || count > LARGEST_COUNT || seed > LARGEST_SCENE_SEED) {
    throw new RangeError(
      `cannot draw the scenes '${text}': write scenes:COUNT?seed=N with COUNT from 1 to ${LARGEST_COUNT} and ` +
        `N from 0 to ${LARGEST_SCENE_SEED}`,
    );
  }
  return { count, seed };
}
