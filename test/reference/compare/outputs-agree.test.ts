import { describe, expect, test } from 'vitest';
import { outputsAgree } from '../../../reference/compare/index.ts';
import { createRandom } from '../../../reference/random.ts';
import { float32Tensor, type Tensor } from '../../../reference/tensor.ts';

const COUNT = 4000;
const random = createRandom(1);
const EXPECTED = Float32Array.from({ length: COUNT }, () => 2 * random.gaussian());

const tensor = (data: Float32Array): Tensor => float32Tensor(data, [1, COUNT / 10, 10], 'NAC');
const against = (change: (value: number, place: number) => number) =>
  outputsAgree(tensor(EXPECTED), tensor(EXPECTED.map(change)));

describe('outputsAgree', () => {
  test('equal outputs, and sums in another order', () => {
    expect(against((value) => value)).toEqual({ agree: true, sqnr: null, maxAbs: 0 });
    const reordered = against((value) => value + 1e-5 * random.gaussian());
    expect(reordered.agree).toBe(true);
    expect(reordered.sqnr).toBeGreaterThan(100);
  });

  test('a few roundings to integers that fell to the other side', () => {
    const { agree, sqnr, maxAbs } = against((value, place) => value + (place % 100 === 0 ? 0.02 : 0));
    expect(agree).toBe(true);
    expect(sqnr).toBeGreaterThan(50);
    expect(maxAbs).toBeCloseTo(0.02, 5);
  });

  test('not noise of 45 dB, though each element is near, as of another precision', () => {
    const { agree, sqnr, maxAbs } = against(
      (value) => value + 2 * 10 ** (-45 / 20) * (random.next() < 0.5 ? 1 : -1),
    );
    expect(agree).toBe(false);
    expect(sqnr).toBeCloseTo(45, 0);
    expect(maxAbs).toBeLessThan(0.05);
  });

  test('nor one element that is far off, though the whole is at 50 dB', () => {
    const { agree, sqnr } = against(
      (value, place) => value + (place === 7 ? 0.05 * (1 + Math.abs(value)) * 1.1 : 0),
    );
    expect(agree).toBe(false);
    expect(sqnr).toBeGreaterThan(50);
  });

  test('nor NaN on one side; on both sides it is no difference', () => {
    expect(against((value, place) => (place === 3 ? Number.NaN : value))).toEqual({
      agree: false,
      sqnr: null,
      maxAbs: null,
    });
    const spoilt = tensor(EXPECTED.map((value, place) => (place === 3 ? Number.NaN : value)));
    expect(outputsAgree(spoilt, spoilt).agree).toBe(true);
  });
});
