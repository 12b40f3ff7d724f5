import { describe, expect, test } from 'vitest';
import { checkGroundTruth, type HealthCode } from '../../datasets/index.ts';
import type { CocoGroundTruth } from '../../reference/evaluate/coco-ground-truth.ts';
import { smallGroundTruth } from './small-ground-truth.ts';

type Spoilt = ReturnType<typeof smallGroundTruth>;

const check = (groundTruth: Spoilt) => checkGroundTruth(groundTruth as unknown as CocoGroundTruth);

describe('checkGroundTruth', () => {
  test('nothing to say of a faultless file', () => {
    expect(check(smallGroundTruth())).toEqual([]);
  });

  test.each<[HealthCode, (groundTruth: Spoilt) => void, string]>([
    ['duplicate-image-id', (g) => (g.images[2].id = 1), 'id 1: entries 0 and 2'],
    ['duplicate-category-id', (g) => g.categories.push({ id: 3, name: 'dog' }), 'id 3: entries 0 and 2'],
    ['duplicate-annotation-id', (g) => (g.annotations[1].id = 11), 'id 11: entries 0 and 1'],
    ['unknown-image', (g) => (g.annotations[0].image_id = 5), 'annotations[0] (id 11): image_id 5'],
    ['unknown-category', (g) => (g.annotations[2].category_id = 9), 'annotations[2] (id 13): category_id 9'],
    ['annotation-id-zero', (g) => (g.annotations[1].id = 0), 'annotations[1] (id 0)'],
    ['empty-box', (g) => (g.annotations[2].bbox = [5, 5, 0, 2]), 'annotations[2] (id 13): 0 × 2'],
    ['empty-box', (g) => (g.annotations[2].bbox = [5, 5, 1, -2]), 'annotations[2] (id 13): 1 × -2'],
    [
      'box-outside',
      (g) => (g.annotations[0].bbox = [18, 2, 4, 4]),
      'annotations[0] (id 11): [18, 2, 4, 4] in 20×10',
    ],
    [
      'box-outside',
      (g) => (g.annotations[0].bbox = [-3, 2, 5, 4]),
      'annotations[0] (id 11): [-3, 2, 5, 4] in 20×10',
    ],
    [
      'box-outside',
      (g) => (g.annotations[0].bbox = [3, 2, 5, 10]),
      'annotations[0] (id 11): [3, 2, 5, 10] in 20×10',
    ],
    ['zero-area', (g) => (g.annotations[0].area = 0), 'annotations[0] (id 11): area 0'],
    ['unused-category', (g) => g.categories.push({ id: 5, name: 'yak' }), '5 (yak)'],
  ])('%s is found, alone, with its entry', (code, change, example) => {
    const groundTruth = smallGroundTruth();
    change(groundTruth);
    const findings = check(groundTruth);
    expect(findings.map((finding) => finding.code)).toEqual([code]);
    expect(findings[0]).toMatchObject({ count: 1, examples: [example] });
    expect(findings[0].sentence).toMatch(/^[A-Z].*\.$/);
  });

  test('a box that passes the edge by rounding is no finding', () => {
    const groundTruth = smallGroundTruth();
    groundTruth.annotations[1].bbox = [-0.01, 0, 30.02, 30];
    expect(check(groundTruth)).toEqual([]);
  });

  test('all are counted and five shown; errors come before warnings before notes', () => {
    const groundTruth = smallGroundTruth();
    for (let i = 0; i < 20; i++)
      groundTruth.annotations.push({ ...groundTruth.annotations[0], id: 100 + i, area: 0 });
    groundTruth.annotations[0].image_id = 99;
    groundTruth.categories.push({ id: 5, name: 'yak' });
    const findings = check(groundTruth);
    expect(findings.map(({ severity }) => severity)).toEqual(['error', 'warning', 'note']);
    expect(findings[1]).toMatchObject({ code: 'zero-area', count: 20 });
    expect(findings[1].examples).toHaveLength(5);
  });
});
