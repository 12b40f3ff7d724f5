/** Powers of two below all the cores that there are, and all of them: what is worth knowing where a point costs little. */
export function coreNumbersUpTo(all: number): number[] {
  const numbers: number[] = [];
  for (let cores = 1; cores < all; cores *= 2) numbers.push(cores);
  return [...numbers, all];
}

/** One core and all of them: the ends, where each point is measured to its end, which may take its 20 seconds. */
export function fewestAndMostCores(all: number): number[] {
  return [...new Set([1, all])];
}
