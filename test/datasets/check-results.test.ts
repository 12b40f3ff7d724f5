import { expect, test } from 'vitest';
import { checkResults } from '../../datasets/index.ts';

const groundTruth = {
  images: [
    { id: 1, file_name: '1.jpg', width: 100, height: 100 },
    { id: 2, file_name: '2.jpg', width: 100, height: 100 },
  ],
  categories: [{ id: 7, name: 'dog' }],
  annotations: [],
};
const result = (change: object = {}) => ({
  image_id: 1,
  category_id: 7,
  bbox: [1, 2, 3, 4] as [number, number, number, number],
  score: 0.5,
  ...change,
});

test('a file that covers every image in order is not spoken of', () => {
  expect(checkResults(groundTruth, [result(), result({ image_id: 2 })])).toEqual([]);
});

test.each([
  ['nothing', [], /no detections/],
  ['one of two images', [result()], /only 1 of the 2 images/],
  [
    'class indices for ids',
    [result({ category_id: 0 }), result({ image_id: 2 })],
    /1 of 2 detections have a category id/,
  ],
  [
    'a box without width',
    [result({ bbox: [1, 2, -3, 4] }), result({ image_id: 2 })],
    /1 of 2 .* without width/,
  ],
  ['a score of 7', [result({ score: 7 }), result({ image_id: 2 })], /1 of 2 .* score outside/],
])('%s is said in one sentence', (_, results, message) => {
  const found = checkResults(groundTruth, results);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(message);
});
