import type { CocoEvaluation } from '../evaluate/index.ts';

/**
 * Paired statistics hold for two evaluations of the same images against the same ground truth.
 * @throws RangeError when images, categories or the objects of a category differ, or there is no image.
 */
export function requireSameImages(baseline: CocoEvaluation, candidate: CocoEvaluation): void {
  const refuse = (what: string): never => {
    throw new RangeError(
      `cannot compare evaluations of ${what}; evaluate both on the same images and ground truth`,
    );
  };
  const { imageIds, perCategory } = baseline;
  if (imageIds.length === 0) refuse('no images');
  if (
    imageIds.length !== candidate.imageIds.length ||
    imageIds.some((id, i) => id !== candidate.imageIds[i])
  ) {
    refuse(`other images (${imageIds.length} and ${candidate.imageIds.length})`);
  }
  if (perCategory.length !== candidate.perCategory.length) {
    refuse(`${perCategory.length} and ${candidate.perCategory.length} categories`);
  }
  for (const [k, { categoryId, name, groundTruthCount }] of perCategory.entries()) {
    const other = candidate.perCategory[k]!;
    if (categoryId !== other.categoryId) refuse(`categories ${categoryId} and ${other.categoryId}`);
    if (groundTruthCount !== other.groundTruthCount) {
      refuse(`${groundTruthCount} and ${other.groundTruthCount} objects of '${name}'`);
    }
  }
}
