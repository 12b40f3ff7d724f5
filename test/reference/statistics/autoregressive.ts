import type { Random } from '../../../reference/random.ts';

/** Gaussian, each sample `memory` times the one before plus something new; median 0. */
export function autoregressive(random: Random, count: number, memory: number): number[] {
  let value = random.gaussian();
  return Array.from({ length: count }, () => {
    value = memory * value + Math.sqrt(1 - memory ** 2) * random.gaussian();
    return value;
  });
}
