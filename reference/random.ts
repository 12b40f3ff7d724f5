/**
 * A seeded stream of pseudo-random numbers: the same seed gives the same numbers on every machine and in every
 * version of JavaScript, so that a subset or a calibration drawn with it can be drawn again.
 */
export interface Random {
  /** Uniform in [0, 1), a multiple of 2⁻³². */
  next(): number;
  /** Standard normal: mean 0, variance 1. */
  gaussian(): number;
  /**
   * Uniform integer in [0, bound), without modulo bias.
   * @throws RangeError when `bound` is not an integer in 1 … 2³².
   */
  integer(bound: number): number;
  /** Puts `items` into a random order in place (Fisher–Yates) and returns them. */
  shuffle<T>(items: T[]): T[];
}

/**
 * A generator xoshiro128** (Blackman and Vigna, prng.di.unimi.it/xoshiro128starstar.c), its four state words filled
 * by splitmix32, the mixing step of MurmurHash3 on a Weyl sequence.
 *
 * Gaussians come from the polar Box–Muller method (Marsaglia), two for each accepted pair.
 * @param seed integer in 0 … 2³² − 1.
 * @throws RangeError for any other seed, since a truncated one would silently give another's numbers.
 */
export function createRandom(seed: number): Random {
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) {
    throw new RangeError(`cannot seed a random generator with ${seed}: give an integer from 0 to 4294967295`);
  }
  let mix = seed | 0;
  const splitmix32 = (): number => {
    mix = (mix + 0x9e3779b9) | 0;
    let z = mix;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return z ^ (z >>> 16);
  };
  let a = splitmix32();
  let b = splitmix32();
  let c = splitmix32();
  let d = splitmix32();
  let spare: number | undefined;

  const nextUint32 = (): number => {
    const scrambled = Math.imul(b, 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = (d << 11) | (d >>> 21);
    return result;
  };
  const next = (): number => nextUint32() / 0x1_0000_0000;

  const gaussian = (): number => {
    if (spare !== undefined) {
      const kept = spare;
      spare = undefined;
      return kept;
    }
    for (;;) {
      const u = 2 * next() - 1;
      const v = 2 * next() - 1;
      const s = u * u + v * v;
      if (s > 0 && s < 1) {
        const factor = Math.sqrt((-2 * Math.log(s)) / s);
        spare = v * factor;
        return u * factor;
      }
    }
  };

  const integer = (bound: number): number => {
    if (!Number.isInteger(bound) || bound < 1 || bound > 0x1_0000_0000) {
      throw new RangeError(`cannot draw an integer below ${bound}: give a bound from 1 to 4294967296`);
    }
    // The last, incomplete run of residues is thrown away: it would favour the small ones.
    const limit = 0x1_0000_0000 - (0x1_0000_0000 % bound);
    for (;;) {
      const drawn = nextUint32();
      if (drawn < limit) return drawn % bound;
    }
  };

  const shuffle = <T>(items: T[]): T[] => {
    for (let last = items.length - 1; last > 0; last--) {
      const other = integer(last + 1);
      const kept = items[last] as T;
      items[last] = items[other] as T;
      items[other] = kept;
    }
    return items;
  };

  return { next, gaussian, integer, shuffle };
}
