import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadDataset, locateDataset } from '../../datasets/index.ts';
import { prepareImages } from '../../harness/model/prepare-images.ts';
import type { CocoResult } from '../../reference/detections.ts';
import { postprocess, restoreDetections, toCocoResults } from '../../reference/postprocess/index.ts';
import { bareSession } from '../data/bare-session.ts';
import { NANO_ONNX, NANO_SIZE, NANO_WEIGHTS, picturePixels, VAL50 } from '../data/nano.ts';
import { repeatDataset } from '../data/repeat-dataset.ts';
import { runCpuFloat } from '../data/run-cpu-float.ts';
import { missingShared } from '../data/shared-data.ts';
import { demand } from '../demand.ts';
import type { Row } from '../row.ts';
import { figureOf, timeInTurns } from '../time-in-turns.ts';

const IMAGES = 200;
/** Left out at the beginning: the engine and the compiler warm up. */
const WARM_UP = 50;
const ROUNDS = 3;
/** Pixels and score: the graph of the file has its sums in another order than ours. */
const TOLERANCE = 0.05;

export const runRow: Row = {
  name: 'run',
  title: `run of cpu-float on ${IMAGES} images, steady state an image, against the bare engine's inference alone`,
  async run() {
    const missing = missingShared(NANO_ONNX, NANO_WEIGHTS, VAL50);
    if (missing !== undefined) return { state: 'skipped', reason: missing };
    const folder = await mkdtemp(join(tmpdir(), 'mlu-parity-bench-'));
    const bare = await bareSession(NANO_ONNX, availableParallelism());
    try {
      const expected = await bareResults(bare.run);
      const own = await runCpuFloat(VAL50, () => {});
      const checked = demandAlike(own, expected);

      const dataset = join(folder, 'repeated');
      await repeatDataset(VAL50, dataset, IMAGES);
      const pixels = await picturePixels();
      const perImage: number[] = [];
      const inference: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        let warm = 0;
        let last = 0;
        await runCpuFloat(dataset, (done) => {
          last = performance.now();
          if (done === WARM_UP) warm = last;
        });
        perImage.push((last - warm) / (IMAGES - WARM_UP));
        const [alone] = await timeInTurns([{ label: '', run: () => bare.run(pixels) }] as const, {
          seconds: 2,
          rounds: 1,
        });
        inference.push(alone.value);
      }
      const ours = figureOf('run, per image', 'ms', perImage);
      return {
        state: 'measured',
        ours,
        against: figureOf('bare inference', 'ms', inference),
        checked,
        goal: { what: 'run', measured: ours.value, least: ours.least, allowed: 12.5, unit: 'ms/image' },
      };
    } finally {
      await bare.release();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function bareResults(run: Awaited<ReturnType<typeof bareSession>>['run']): Promise<CocoResult[]> {
  const { samples, groundTruth } = await loadDataset(await locateDataset({ dir: VAL50 }));
  const categoryIds = groundTruth.categories.map(({ id }) => id).sort((a, b) => a - b);
  const results: CocoResult[] = [];
  const options = { conf: 0.001, nms: 0.65, inputSize: NANO_SIZE, decoded: false };
  for await (const { source, pixels, letterboxRatio } of prepareImages(samples, {
    size: NANO_SIZE,
    legacy: false,
  })) {
    const [found] = postprocess(await run(pixels), options);
    results.push(...toCocoResults(restoreDetections(found!, letterboxRatio), source.id, categoryIds));
  }
  return results;
}

/** Nearly all detections must have their like; at a threshold a last bit decides over one. */
function demandAlike(own: readonly CocoResult[], expected: readonly CocoResult[]): string {
  const alike = own.filter((result) =>
    expected.some(
      (other) =>
        other.image_id === result.image_id &&
        other.category_id === result.category_id &&
        Math.abs(other.score - result.score) < TOLERANCE &&
        result.bbox.every((value, k) => Math.abs(value - other.bbox[k]!) < TOLERANCE),
    ),
  ).length;
  const most = Math.max(own.length, expected.length);
  demand(alike >= 0.999 * most, `only ${alike} of ${most} detections are alike`);
  return `${alike} of ${most} detections alike`;
}
