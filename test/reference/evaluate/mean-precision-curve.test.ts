import { expect, test } from 'vitest';
import { evaluateDetections, meanPrecisionCurve } from '../../../reference/evaluate/index.ts';
import { COCO_SIZE, generateEvaluationSet } from '../../support/generate-evaluation-set.ts';

const { groundTruth, results } = generateEvaluationSet({ ...COCO_SIZE, images: 60, seed: 5 });
const evaluation = evaluateDetections(groundTruth, results);
const mean = (curve: Float64Array): number => curve.reduce((sum, value) => sum + value, 0) / curve.length;

test.each([
  [0.5, 'AP50'],
  [0.75, 'AP75'],
  ['all', 'AP'],
] as const)('the mean of the curve at IoU %s is %s', (threshold, figure) => {
  expect(mean(meanPrecisionCurve(evaluation, threshold)!)).toBeCloseTo(evaluation.stats[figure], 12);
});

test('precision never rises with recall', () => {
  const curve = meanPrecisionCurve(evaluation, 0.5)!;
  for (let r = 1; r < curve.length; r++) expect(curve[r]).toBeLessThanOrEqual(curve[r - 1]! + 1e-12);
});

test('without ground truth there is no curve, and no other threshold than the ten', () => {
  const empty = evaluateDetections({ ...groundTruth, annotations: [] }, results);
  expect(meanPrecisionCurve(empty, 0.5)).toBeNull();
  expect(() => meanPrecisionCurve(evaluation, 0.52)).toThrow('IoU 0.52');
});
