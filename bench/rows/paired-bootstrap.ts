import { pairedBootstrap } from '../../reference/compare/index.ts';
import { drawHalf } from '../../reference/compare/bootstrap-differences.ts';
import { accumulate, evaluateDetections, summarize } from '../../reference/evaluate/index.ts';
import { meanOfCategories, PreparedAccumulation } from '../../reference/evaluate/prepared-accumulation.ts';
import { createRandom } from '../../reference/random.ts';
import { COCO_SIZE, generateEvaluationSet } from '../../test/support/generate-evaluation-set.ts';
import { perturbResults } from '../../test/support/perturb-results.ts';
import { demand } from '../demand.ts';
import type { Row } from '../row.ts';
import { timeInTurns } from '../time-in-turns.ts';

const TOLERANCE = 1e-12;
const REPLICATES = 1000;
/** Of each side in its turn; the naive way would take minutes for all of them. */
const TIMED = 5;

export const pairedBootstrapRow: Row = {
  name: 'paired-bootstrap',
  title:
    'AP and AP50 of two backends, images drawn again: prepared against accumulate with weights, 5,000 images',
  async run() {
    const { groundTruth, results } = generateEvaluationSet(COCO_SIZE);
    const others = perturbResults(results, { seed: 2, boxJitter: 0.02, scoreJitter: 0.1, lostShare: 0.001 });
    const baseline = evaluateDetections(groundTruth, results);
    const candidate = evaluateDetections(groundTruth, others);
    const images = baseline.imageIds.length;
    const both = [baseline.matches, candidate.matches];
    const prepared = both.map((matches) => new PreparedAccumulation(matches, images, ['AP', 'AP50']));
    const row = new Float64Array(prepared[0]!.rowLength);
    const random = createRandom(1);
    const weights = new Uint16Array(images);
    const fast = (): number[] =>
      prepared.map((own) => {
        own.evaluate(weights, row);
        return meanOfCategories(row, 0, own.categoryCount);
      });
    const naive = (): number[] =>
      both.map((matches) => summarize(accumulate(matches, images, Uint32Array.from(weights))).AP);

    const order = Uint32Array.from(weights.keys());
    const drawImages = (): void => {
      weights.fill(0);
      for (const image of drawHalf(random, order)) weights[image] = 1;
    };
    for (let draw = 0; draw < 3; draw++) {
      drawImages();
      const expected = naive();
      for (const [i, ap] of fast().entries()) {
        demand(Math.abs(ap - expected[i]!) <= TOLERANCE, `AP ${ap} against ${expected[i]}`);
      }
    }
    const repeat = (one: () => void): void => {
      for (let i = 0; i < TIMED; i++) {
        drawImages();
        one();
      }
    };
    const [ours, against] = await timeInTurns(
      [
        { label: `${TIMED} draws`, run: () => repeat(fast) },
        { label: 'accumulate', run: () => repeat(naive) },
      ] as const,
      { rounds: 3 },
    );
    const [whole] = await timeInTurns(
      [
        {
          label: `${REPLICATES} replicates`,
          run: () =>
            pairedBootstrap(baseline, candidate, {
              random: createRandom(1),
              replicates: REPLICATES,
              metrics: ['AP', 'AP50'],
            }),
        },
      ] as const,
      { seconds: 1, rounds: 1 },
    );
    return {
      state: 'measured',
      ours,
      against,
      checked: `AP of 3 draws within ${TOLERANCE}`,
      goal: {
        what: `${REPLICATES} replicates, 2 × ${results.length} detections`,
        measured: whole.value,
        least: whole.least,
        allowed: 10_000,
        unit: 'ms',
      },
    };
  },
};
