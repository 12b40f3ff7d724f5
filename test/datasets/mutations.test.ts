import { expect, test } from 'vitest';
import { mutateImageFiles, mutateJsonFiles } from './mutations.ts';
import { scratchFolder } from './scratch.ts';

test('300 mutated JSON files: accepted or refused with a DatasetError, nothing else', async () => {
  const { accepted, refused } = await mutateJsonFiles(await scratchFolder(), 300, 1);
  expect(accepted + refused).toBe(300);
  expect(refused).toBeGreaterThan(150);
  expect(accepted).toBeGreaterThan(0);
});

test('200 mutated pictures: accepted or refused with a DatasetError, nothing else', async () => {
  const { accepted, refused } = await mutateImageFiles(200, 2);
  expect(accepted + refused).toBe(200);
  expect(refused).toBeGreaterThan(50);
});
