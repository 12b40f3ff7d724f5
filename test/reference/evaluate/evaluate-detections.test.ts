import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CocoResult } from '../../../reference/detections.ts';
import {
  type CocoGroundTruth,
  type EvaluateOptions,
  evaluateDetections,
  formatSummary,
  precisionRecallCurve,
} from '../../../reference/evaluate/index.ts';
import { generateEvaluationSet } from '../../support/generate-evaluation-set.ts';
import { hasShared, sharedPath } from '../../support/shared.ts';
import {
  BOUNDED,
  type SmallSet,
  setWithDistinctScores,
  setWithManyDetections,
  setWithTies,
} from './arbitrary-set.ts';
import { oracleEvaluate } from './oracle.ts';

interface GoldenCase {
  name: string;
  ground_truth: CocoGroundTruth;
  detections: CocoResult[];
  expected: { stats: Record<string, number>; per_category_ap: Record<string, number> };
}

function readJson<T>(path: string | URL): T {
  return JSON.parse(readFileSync(path, 'utf8')) as T;
}

function expectGolden({ ground_truth, detections, expected }: GoldenCase): void {
  const { stats, perCategory } = evaluateDetections(ground_truth, detections);
  expect(stats).toStrictEqual(expected.stats);
  expect(Object.fromEntries(perCategory.map((row) => [row.categoryId, row.ap]))).toStrictEqual(
    expected.per_category_ap,
  );
}

describe('equal to pycocotools to the last bit', () => {
  const { cases } = readJson<{ cases: GoldenCase[] }>(
    new URL('../../golden/evaluate/random_cases.json', import.meta.url),
  );
  it.each(cases)('$name', expectGolden);
});

describe.skipIf(!hasShared)('equal to pycocotools to the last bit on the large golden sets', () => {
  const cases = hasShared ? readJson<GoldenCase[]>(sharedPath('golden', 'eval', 'random_cases.json')) : [];
  it.each(cases)('$name', expectGolden);

  it('YOLOX-nano on 50 images of COCO', () => {
    expectGolden({
      name: 'nano',
      ground_truth: readJson(sharedPath('data', 'coco_val50', 'instances_val2017.json')),
      detections: readJson(sharedPath('golden', 'postprocess', 'nano_416_conf0001_nms065_coco_results.json')),
      expected: readJson(sharedPath('golden', 'eval', 'nano_416_val50_expected.json')),
    });
  });
});

describe('what pycocotools makes of odd cases', () => {
  interface OddCase {
    name: string;
    ground_truth: CocoGroundTruth;
    results: CocoResult[];
    options: { use_categories?: boolean; image_ids?: number[] };
    expected: { stats: number[]; printed: string; precision: number[]; scores: number[] };
  }
  const { cases } = readJson<{ cases: OddCase[] }>(
    new URL('../../golden/evaluate/odd_cases.json', import.meta.url),
  );

  it.each(cases)('$name: figures, printed lines and the last curve', (odd) => {
    const options: EvaluateOptions = {
      groundTruthIdZero: 'pycocotools',
      ...(odd.options.use_categories === undefined ? {} : { useCategories: odd.options.use_categories }),
      ...(odd.options.image_ids === undefined ? {} : { imageIds: odd.options.image_ids }),
    };
    const evaluation = evaluateDetections(odd.ground_truth, odd.results, options);
    expect(Object.values(evaluation.stats)).toStrictEqual(odd.expected.stats);
    expect(formatSummary(evaluation.stats)).toBe(odd.expected.printed);
    const curve = precisionRecallCurve(evaluation, evaluation.perCategory.at(-1)!.categoryId, 0.5);
    expect(Array.from(curve!.precision)).toStrictEqual(odd.expected.precision);
    expect(Array.from(curve!.scores)).toStrictEqual(odd.expected.scores);
  });

  it('counts an object of annotation id 0 as any other unless told otherwise', () => {
    const { ground_truth, results, expected } = cases.find(({ name }) => name === 'annotation id 0')!;
    const renumbered = {
      ...ground_truth,
      annotations: ground_truth.annotations.map((annotation) => ({ ...annotation, id: annotation.id + 1 })),
    };
    const { stats } = evaluateDetections(ground_truth, results);
    expect(stats).toStrictEqual(evaluateDetections(renumbered, results).stats);
    expect(stats.AP).toBeGreaterThan(expected.stats[0]!);
  });
});

describe('equal to the slow oracle', () => {
  function expectOracle({ groundTruth, results }: SmallSet): void {
    const { stats, perCategory } = evaluateDetections(groundTruth, results);
    const oracle = oracleEvaluate(groundTruth, results);
    const figures = Object.values(stats);
    for (let i = 0; i < 12; i++) expect(Math.abs(figures[i]! - oracle.stats[i]!)).toBeLessThan(1e-12);
    for (const { categoryId, ap } of perCategory) {
      expect(Math.abs(ap - oracle.categoryAp.get(categoryId)!)).toBeLessThan(1e-12);
    }
  }

  it('with ties, crowds, area bounds, empty boxes and empty categories', () => {
    fc.assert(fc.property(setWithTies, expectOracle), { ...BOUNDED, numRuns: 150 });
  });

  it('with scores that differ in the last bit', () => {
    fc.assert(fc.property(setWithDistinctScores, expectOracle), { ...BOUNDED, numRuns: 100 });
  });

  it('with more than 100 detections in an image', () => {
    fc.assert(fc.property(setWithManyDetections, expectOracle), { ...BOUNDED, numRuns: 15 });
  });

  it('on a generated set with the frequencies of COCO', () => {
    const set = generateEvaluationSet({
      seed: 5,
      images: 30,
      categories: 6,
      annotationsPerImage: 7,
      detectionsPerImage: 30,
    });
    const { stats } = evaluateDetections(set.groundTruth, set.results);
    expect(stats.AP).toBeGreaterThan(0.1);
    expect(stats.AP).toBeLessThan(0.9);
    expectOracle(set);
  });
});

describe('what must not change a figure', () => {
  it('the order of images, categories and, with distinct scores, of results', () => {
    fc.assert(
      fc.property(setWithDistinctScores, fc.infiniteStream(fc.nat()), ({ groundTruth, results }, stream) => {
        const shuffled = <T>(entries: readonly T[]): T[] =>
          entries
            .map((entry) => ({ entry, key: stream.next().value as number }))
            .sort((a, b) => a.key - b.key)
            .map(({ entry }) => entry);
        const other = evaluateDetections(
          {
            images: shuffled(groundTruth.images),
            categories: shuffled(groundTruth.categories),
            annotations: groundTruth.annotations,
          },
          shuffled(results),
        );
        const first = evaluateDetections(groundTruth, results);
        expect(other.stats).toStrictEqual(first.stats);
        expect(other.perCategory).toStrictEqual(first.perCategory);
      }),
      { ...BOUNDED, numRuns: 100 },
    );
  });

  it('the order of annotations, where a detection reaches one object at most', () => {
    fc.assert(
      fc.property(setWithDistinctScores, ({ groundTruth, results }) => {
        // Of two objects with the same IoU the later one is taken, so that in general their order does matter.
        const annotations = groundTruth.annotations.map((annotation, i) => {
          const [x, y, width, height] = annotation.bbox;
          return { ...annotation, bbox: [x + 300 * i, y, width, height] as const };
        });
        const moved = results.map((result, i) => {
          const [x, y, width, height] = result.bbox;
          return { ...result, bbox: [x + 300 * (i % (annotations.length + 1)), y, width, height] as const };
        });
        const first = evaluateDetections({ ...groundTruth, annotations }, moved);
        const other = evaluateDetections({ ...groundTruth, annotations: annotations.toReversed() }, moved);
        expect(other.stats).toStrictEqual(first.stats);
      }),
      { ...BOUNDED, numRuns: 100 },
    );
  });

  it('leaving out other images with imageIds, or taking them out of both files', () => {
    fc.assert(
      fc.property(setWithTies, ({ groundTruth, results }) => {
        const kept = [2, 40];
        const inKept = ({ image_id }: { image_id: number }): boolean => kept.includes(image_id);
        const subset = {
          ...groundTruth,
          images: groundTruth.images.filter(({ id }) => kept.includes(id)),
          annotations: groundTruth.annotations.filter(inKept),
        };
        expect(evaluateDetections(groundTruth, results, { imageIds: kept }).stats).toStrictEqual(
          evaluateDetections(subset, results.filter(inKept)).stats,
        );
      }),
      { ...BOUNDED, numRuns: 50 },
    );
  });
});

describe('edges', () => {
  const images = [{ id: 1, file_name: '1.jpg', width: 100, height: 100 }];
  const categories = [
    { id: 1, name: 'one' },
    { id: 2, name: 'two' },
  ];
  const annotation = {
    id: 1,
    image_id: 1,
    category_id: 1,
    bbox: [0, 0, 10, 10] as const,
    area: 100,
    iscrowd: 0 as const,
  };
  const groundTruth: CocoGroundTruth = { images, categories, annotations: [annotation] };
  const hit: CocoResult = { image_id: 1, category_id: 1, bbox: [0, 0, 10, 10], score: 0.5 };

  it('gives −1 throughout without annotations, with and without results', () => {
    for (const results of [[], [hit]]) {
      const { stats, perCategory } = evaluateDetections({ images, categories, annotations: [] }, results);
      expect(new Set(Object.values(stats))).toStrictEqual(new Set([-1]));
      expect(perCategory.map(({ ap, ap50, ar100 }) => [ap, ap50, ar100])).toStrictEqual([
        [-1, -1, -1],
        [-1, -1, -1],
      ]);
    }
  });

  it('gives 0 without results, and −1 only for areas without an object', () => {
    const { stats } = evaluateDetections(groundTruth, []);
    expect(stats).toMatchObject({ AP: 0, APs: 0, APm: -1, APl: -1, AR1: 0, ARs: 0, ARm: -1 });
  });

  it('gives a precision of 0.9999999999999998 for one of one found, as 1 / (1 + eps) is', () => {
    const evaluation = evaluateDetections(groundTruth, [hit]);
    const { stats, perCategory } = evaluation;
    expect(new Set(precisionRecallCurve(evaluation, 1, 0.5)!.precision)).toStrictEqual(
      new Set([0.9999999999999998]),
    );
    expect(stats.AR1).toBe(1);
    expect(perCategory).toMatchObject([
      { categoryId: 1, name: 'one', groundTruthCount: 1, detectionCount: 1 },
      { categoryId: 2, name: 'two', groundTruthCount: 0, detectionCount: 0, ap: -1 },
    ]);
  });

  it('counts objects without crowds, and at most 100 detections of an image', () => {
    const crowd = { ...annotation, id: 2, iscrowd: 1 as const };
    const { perCategory } = evaluateDetections(
      { ...groundTruth, annotations: [annotation, crowd] },
      Array.from({ length: 130 }, () => hit),
    );
    expect(perCategory[0]).toMatchObject({ groundTruthCount: 1, detectionCount: 100 });
  });

  it.each([
    [0.5, 5, 1],
    [0.75, 7.5, 6],
  ])('takes an IoU of exactly %f as passing that threshold', (_iou, height, thresholds) => {
    const { stats } = evaluateDetections(groundTruth, [{ ...hit, bbox: [0, 0, 10, height] as const }]);
    expect(stats.AR100).toBeCloseTo(thresholds / 10, 12);
  });

  it('gives a detection the later of two objects with the same IoU, so that their order in the file matters', () => {
    const left = { ...annotation, bbox: [0, 0, 32, 32] as const };
    const right = { ...annotation, id: 2, bbox: [8, 0, 32, 32] as const };
    // Between the two with IoU 0.78 to each; then one exactly on the right, with IoU 0.6 to the left.
    const results: CocoResult[] = [
      { ...hit, bbox: [4, 0, 32, 32], score: 0.9 },
      { ...hit, bbox: [8, 0, 32, 32], score: 0.8 },
    ];
    const recallOf = (annotations: CocoGroundTruth['annotations']): number =>
      evaluateDetections({ ...groundTruth, annotations }, results).stats.AR100;
    expect(recallOf([left, right])).toBeCloseTo((3 * 1 + 7 * 0.5) / 10, 12);
    expect(recallOf([right, left])).toBeCloseTo((6 * 1 + 4 * 0.5) / 10, 12);
  });

  it('finds no curve without ground truth, and refuses other thresholds and categories', () => {
    const evaluation = evaluateDetections(groundTruth, [hit]);
    expect(precisionRecallCurve(evaluation, 2, 0.5)).toBeUndefined();
    expect(precisionRecallCurve(evaluation, 1, 0.9, 'medium')).toBeUndefined();
    expect(precisionRecallCurve(evaluation, 1, 0.9, 'small')?.recall).toHaveLength(101);
    expect(() => precisionRecallCurve(evaluation, 1, 0.52)).toThrow(/IoU 0\.52/);
    expect(() => precisionRecallCurve(evaluation, 3, 0.5)).toThrow(/category 3/);
  });

  it.each<[string, RegExp, Partial<CocoGroundTruth>, CocoResult[], EvaluateOptions?]>([
    ['a result of an unknown image', /result 1: image 8 /, {}, [hit, { ...hit, image_id: 8 }]],
    ['a score of NaN', /result 0 .*score NaN/, {}, [{ ...hit, score: Number.NaN }]],
    [
      'a box of infinite width',
      /result 0 .*Infinity/,
      {},
      [{ ...hit, bbox: [0, 0, Number.POSITIVE_INFINITY, 1] }],
    ],
    [
      'an annotation without an area',
      /annotation 1.*area NaN/,
      { annotations: [{ ...annotation, area: Number.NaN }] },
      [],
    ],
    ['an image id twice', /image id 1 occurs twice/, { images: [...images, ...images] }, []],
    [
      'a category id twice',
      /category id 2 occurs twice/,
      { categories: [...categories, { id: 2, name: 'x' }] },
      [],
    ],
    ['an unknown id in imageIds', /image 77/, {}, [], { imageIds: [1, 77] }],
  ])('refuses %s', (_, message, change, results, options) => {
    const evaluate = (): unknown => evaluateDetections({ ...groundTruth, ...change }, results, options);
    expect(evaluate).toThrow(RangeError);
    expect(evaluate).toThrow(message);
  });
});
