import { expect, test } from 'vitest';
import { seededInputs } from '../../../harness/model/seeded-inputs.ts';

const SIZE = { height: 2, width: 4 };

test('whole grey levels; batches are views of the same images; another seed gives others', () => {
  const inputOf = seededInputs(SIZE, 3, 7);
  const all = inputOf(3);
  expect(all).toMatchObject({ shape: [3, 3, 2, 4], layout: 'NCHW' });
  for (const value of all.data) expect(Number.isInteger(value) && value >= 0 && value <= 255).toBe(true);
  expect(inputOf(2).data).toEqual(all.data.slice(0, 48));
  expect(inputOf(1, 2).data).toEqual(all.data.slice(48));
  expect(seededInputs(SIZE, 3, 7)(3).data).toEqual(all.data);
  expect(seededInputs(SIZE, 3, 8)(3).data).not.toEqual(all.data);
});
