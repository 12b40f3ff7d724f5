import { describe, expect, it } from 'vitest';
import { createRandom } from '../../reference/random.ts';

const MASK = 0xffffffffn;
const rotl = (x: bigint, k: bigint): bigint => ((x << k) | (x >> (32n - k))) & MASK;

/** xoshiro128** and splitmix32 again, in arbitrary-precision integers. */
function* oracle(seed: number): Generator<bigint> {
  let weyl = BigInt(seed);
  const mixed = (): bigint => {
    weyl = (weyl + 0x9e3779b9n) & MASK;
    let z = weyl;
    z = ((z ^ (z >> 16n)) * 0x85ebca6bn) & MASK;
    z = ((z ^ (z >> 13n)) * 0xc2b2ae35n) & MASK;
    return z ^ (z >> 16n);
  };
  const s = [mixed(), mixed(), mixed(), mixed()];
  for (;;) {
    yield (rotl((s[1]! * 5n) & MASK, 7n) * 9n) & MASK;
    const t = (s[1]! << 9n) & MASK;
    s[2]! ^= s[0]!;
    s[3]! ^= s[1]!;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= t;
    s[3] = rotl(s[3]!, 11n);
  }
}

describe('createRandom', () => {
  it.each([0, 1, 42, 0xffffffff])('gives the xoshiro128** stream of seed %d', (seed) => {
    const random = createRandom(seed);
    const expected = oracle(seed);
    for (let i = 0; i < 1000; i++) {
      expect(random.next() * 2 ** 32).toBe(Number(expected.next().value));
    }
  });

  it('has gaussians of mean 0, variance 1 and the normal share within one deviation', () => {
    const random = createRandom(7);
    const count = 200_000;
    let sum = 0;
    let squares = 0;
    let within = 0;
    for (let i = 0; i < count; i++) {
      const x = random.gaussian();
      sum += x;
      squares += x * x;
      if (Math.abs(x) < 1) within++;
    }
    expect(Math.abs(sum / count)).toBeLessThan(0.01);
    expect(Math.abs(squares / count - 1)).toBeLessThan(0.015);
    expect(Math.abs(within / count - 0.6827)).toBeLessThan(0.005);
  });

  it('draws integers evenly and in range', () => {
    const random = createRandom(3);
    const counts = new Array<number>(6).fill(0);
    for (let i = 0; i < 60_000; i++) counts[random.integer(6)]!++;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(400);
  });

  it('shuffles to a permutation, each place equally likely', () => {
    const random = createRandom(11);
    const firsts = new Array<number>(5).fill(0);
    for (let i = 0; i < 20_000; i++) {
      const order = random.shuffle([0, 1, 2, 3, 4]);
      expect([...order].sort()).toEqual([0, 1, 2, 3, 4]);
      firsts[order[0]!]!++;
    }
    for (const count of firsts) expect(Math.abs(count - 4000)).toBeLessThan(300);
  });

  it.each([-1, 1.5, 2 ** 32, Number.NaN])('refuses the seed %d', (seed) => {
    expect(() => createRandom(seed)).toThrow(RangeError);
  });

  it.each([0, -3, 2.5, 2 ** 33])('refuses the bound %d', (bound) => {
    expect(() => createRandom(1).integer(bound)).toThrow(RangeError);
  });
});
