import { COCO_METRICS, evaluateDetections } from '../../reference/evaluate/index.ts';
import { oracleEvaluate } from '../../test/reference/evaluate/oracle.ts';
import { COCO_SIZE, generateEvaluationSet } from '../../test/support/generate-evaluation-set.ts';
import { demand } from '../demand.ts';
import type { Row } from '../row.ts';
import { timeInTurns } from '../time-in-turns.ts';

/** Means are added up in another order by the oracle. */
const TOLERANCE = 1e-12;

export const evaluateRow: Row = {
  name: 'evaluate',
  title: 'COCO evaluation: ours against the definition, 40 images; the goal at 5,000 images',
  async run() {
    const small = generateEvaluationSet({ ...COCO_SIZE, images: 40, categories: 20 });
    const { stats } = evaluateDetections(small.groundTruth, small.results);
    const expected = oracleEvaluate(small.groundTruth, small.results).stats;
    for (const [index, { name }] of COCO_METRICS.entries()) {
      demand(
        Math.abs(stats[name] - expected[index]!) <= TOLERANCE,
        `${name}: ${stats[name]} against ${expected[index]}`,
      );
    }
    const [ours, against] = await timeInTurns(
      [
        { label: '40 images', run: () => evaluateDetections(small.groundTruth, small.results) },
        { label: 'oracle', run: () => oracleEvaluate(small.groundTruth, small.results) },
      ] as const,
      { rounds: 2 },
    );
    const large = generateEvaluationSet(COCO_SIZE);
    const [whole] = await timeInTurns(
      [{ label: '5,000 images', run: () => evaluateDetections(large.groundTruth, large.results) }] as const,
      { seconds: 3, rounds: 3 },
    );
    return {
      state: 'measured',
      ours,
      against,
      checked: `${COCO_METRICS.length} figures within ${TOLERANCE}`,
      goal: {
        what: `${large.results.length} detections`,
        measured: whole.value,
        least: whole.least,
        allowed: 500,
        unit: 'ms',
      },
    };
  },
};
