import { expect, test } from 'vitest';
import { type AnnotatedObject, groundTruthHits } from '../../../reference/compare/index.ts';
import type { Detections } from '../../../reference/detections.ts';

type Box = [number, number, number, number];

function detections(...entries: [number, Box][]): Detections<'image'> {
  const count = entries.length;
  return {
    space: 'image',
    count,
    boxes: Float32Array.from(entries.flatMap(([, box]) => box)),
    scores: Float32Array.from(entries, (_, i) => 1 - i / 10),
    objectness: new Float32Array(count).fill(1),
    classConfidence: new Float32Array(count).fill(1),
    classIndices: Uint16Array.from(entries, ([classIndex]) => classIndex),
  };
}

const object = (classIndex: number, box: Box, crowd = false): AnnotatedObject => ({
  classIndex,
  box: Float32Array.from(box),
  crowd,
});

test('the better detection takes the object, the second of the same object is a false alarm', () => {
  const found = detections([3, [0, 0, 10, 10]], [3, [0, 0, 10, 9]]);
  expect(groundTruthHits(found, [object(3, [0, 0, 10, 10])])).toEqual({
    fates: ['hit', 'false-alarm'],
    missed: [],
  });
});

test('another class never hits, and its object is missed', () => {
  const found = detections([2, [0, 0, 10, 10]]);
  expect(groundTruthHits(found, [object(3, [0, 0, 10, 10])])).toEqual({
    fates: ['false-alarm'],
    missed: [0],
  });
});

test('a detection takes the object it overlaps most, whatever the order', () => {
  const objects = [object(1, [0, 0, 10, 8]), object(1, [0, 0, 10, 10])];
  expect(groundTruthHits(detections([1, [0, 0, 10, 10]]), objects).missed).toEqual([0]);
  expect(groundTruthHits(detections([1, [0, 0, 10, 10]]), objects.toReversed()).missed).toEqual([1]);
});

test('IoU equal to the threshold is a hit, below it is not', () => {
  const half = [object(1, [0, 0, 10, 10])];
  expect(groundTruthHits(detections([1, [0, 0, 10, 5]]), half).fates).toEqual(['hit']);
  expect(groundTruthHits(detections([1, [0, 0, 10, 4.9]]), half).fates).toEqual(['false-alarm']);
});

test('inside a crowd of its class nothing is wrong and nothing missed', () => {
  const crowd = [object(1, [0, 0, 100, 100], true)];
  const found = detections([1, [0, 0, 10, 10]], [1, [95, 95, 115, 115]], [2, [0, 0, 10, 10]]);
  expect(groundTruthHits(found, crowd)).toEqual({
    fates: ['in-crowd', 'false-alarm', 'false-alarm'],
    missed: [],
  });
});

test('a threshold outside 0 … 1 is refused', () => {
  expect(() => groundTruthHits(detections(), [], 0)).toThrow('IoU 0');
});
