import { expect, test } from 'vitest';
import { mutateImageFiles, mutateJsonFiles } from '../datasets/mutations.ts';
import { scratchFolder } from '../datasets/scratch.ts';

test('4,000 mutated JSON files: no crash, no hang, only DatasetError', async () => {
  const { accepted, refused } = await mutateJsonFiles(await scratchFolder(), 4000, 11);
  console.log(`JSON: ${accepted} accepted, ${refused} refused`);
  expect(accepted + refused).toBe(4000);
  expect(refused).toBeGreaterThan(2000);
});

test('4,000 mutated pictures: no crash, no hang, only DatasetError', async () => {
  const { accepted, refused } = await mutateImageFiles(4000, 12);
  console.log(`pictures: ${accepted} accepted, ${refused} refused`);
  expect(accepted + refused).toBe(4000);
  expect(refused).toBeGreaterThan(1000);
});
