/** @throws Error when the two sides of a row do not give the same. */
export function demandEqual(actual: ArrayLike<number>, expected: ArrayLike<number>, what: string): void {
  if (actual.length !== expected.length) {
    throw new Error(`${what}: ${actual.length} numbers against ${expected.length}`);
  }
  for (let i = 0; i < actual.length; i++) {
    if (!Object.is(actual[i], expected[i])) {
      throw new Error(`${what}: ${actual[i]} against ${expected[i]} at ${i}`);
    }
  }
}

/** @throws Error when `condition` does not hold. */
export function demand(condition: boolean, what: string): void {
  if (!condition) throw new Error(what);
}
