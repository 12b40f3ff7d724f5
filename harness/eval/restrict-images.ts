import type { CocoGroundTruth } from '../../reference/evaluate/index.ts';
import { BadDataError } from '../errors.ts';
import { readRecord } from '../store/read-record.ts';

/**
 * The ground truth of the images that a run scored, so that a subset's results are held against that subset.
 * @throws BadDataError when the run's record cannot be read or names an image that the ground truth lacks.
 */
export async function restrictToRun(
  groundTruth: CocoGroundTruth,
  runFolder: string,
): Promise<CocoGroundTruth> {
  const { dataset } = await readRecord(runFolder);
  const wanted = new Set(dataset.imageIds);
  const images = groundTruth.images.filter(({ id }) => wanted.has(id));
  if (images.length !== wanted.size) {
    throw new BadDataError(
      `cannot evaluate the images of ${runFolder}: ${wanted.size - images.length} of its ${wanted.size} are not in the ground truth; give the annotation file of that run`,
    );
  }
  const annotations = groundTruth.annotations.filter(({ image_id }) => wanted.has(image_id));
  return { ...groundTruth, images, annotations };
}
