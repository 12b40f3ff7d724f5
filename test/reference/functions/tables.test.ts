import { describe, expect, test } from 'vitest';
import { SIGMOID_TABLE, tableExp, tableSigmoid } from '../../../reference/functions/index.ts';

const STEPS = 200_000;
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
/** float32 values spread evenly over [low, high). */
const spread = (low: number, high: number): number[] =>
  Array.from({ length: STEPS }, (_, i) => Math.fround(low + ((high - low) * i) / STEPS));
const largest = (values: readonly number[], error: (x: number) => number): number =>
  values.reduce((most, x) => Math.max(most, error(x)), 0);

/** The error is at most what the documentation states, and not much less: otherwise that says nothing. */
function expectStated(measured: number, stated: number): void {
  expect(measured).toBeLessThanOrEqual(stated);
  expect(measured).toBeGreaterThan(stated * 0.9);
}

describe('tableSigmoid', () => {
  const off = (x: number): number => Math.abs(tableSigmoid(x) - sigmoid(x));

  test('is off by 4.8e-5 at most, and 4.9e-4 of the value, from −8 to 8', () => {
    const inside = spread(-8, 8);
    expectStated(largest(inside, off), 4.8e-5);
    expectStated(
      largest(inside, (x) => off(x) / sigmoid(x)),
      4.9e-4,
    );
  });

  test('is off by 3.4e-4 at most outside, where it is 0 and 1 for the largest numbers too', () => {
    expectStated(largest([...spread(-20, -8).slice(0, -1), ...spread(8, 20)], off), 3.4e-4);
    expect([-3.4e38, -8.001, 8, 3.4e38].map(tableSigmoid)).toEqual([0, 0, 1, 1]);
  });

  test('meets sigmoid at every knot and never falls by more than float32 rounds', () => {
    for (let knot = -8; knot < 8; knot += 1 / 16)
      expect(Math.abs(tableSigmoid(knot) - sigmoid(knot))).toBeLessThan(3e-7);
    const rising = spread(-9, 9).map(tableSigmoid);
    expect(rising.findIndex((y, i) => i > 0 && y < rising[i - 1]! - 3e-7)).toBe(-1);
    expect(SIGMOID_TABLE.slope).toHaveLength(258);
  });
});

describe('tableExp', () => {
  const off = (x: number): number => Math.abs(tableExp(x) / Math.exp(x) - 1);

  test('is off by 1.6e-5 of the value at most up to |x| = 8, by 1.9e-5 wherever it is a normal number', () => {
    expectStated(largest(spread(-8, 8), off), 1.6e-5);
    expectStated(largest(spread(-87, 88), off), 1.9e-5);
  });

  test('gives 1 for 0, infinity and 0 beyond float32, for the largest numbers too', () => {
    expect(tableExp(0)).toBe(1);
    expect([89, 1e30, 2.4e38, 3e38, 3.4e38].map(tableExp)).toEqual(Array(5).fill(Infinity));
    expect([-104.5, -1e30, -2.4e38, -3e38, -3.4e38].map(tableExp)).toEqual(Array(5).fill(0));
  });

  test('gives float32 values', () => {
    expect(spread(-3, 3).find((x) => tableExp(x) !== Math.fround(tableExp(x)))).toBeUndefined();
  });
});
