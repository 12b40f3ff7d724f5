import type { Random } from '../../reference/random.ts';

/** Uniform in [low, high). */
export const between = (random: Random, low: number, high: number): number =>
  low + (high - low) * random.next();

/** True with the given probability. */
export const chance = (random: Random, probability: number): boolean => random.next() < probability;

/** Uniform integer in low … high, both ends included. */
export const integerBetween = (random: Random, low: number, high: number): number =>
  low + random.integer(high - low + 1);

/** One of `items`, each as likely. */
export const pick = <T>(random: Random, items: readonly T[]): T => items[random.integer(items.length)];
