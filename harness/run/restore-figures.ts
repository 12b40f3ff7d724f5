import { BadDataError } from '../errors.ts';
import { BackendTally } from './backend-tally.ts';
import type { RunInputs } from './open-inputs.ts';
import type { RunFigures } from './run-figures.ts';
import type { RunOptions } from './run-options.ts';
import { placeOf } from './shard.ts';
import type { StoredRun } from './stored-run.ts';

/**
 * Adds up what a run folder holds, image by image, as it was added up when they were scored.
 * @returns how many images there are.
 * @throws BadDataError for an image that is not the one at its place.
 */
export async function restoreFigures(
  figures: RunFigures,
  stored: StoredRun,
  { dataset }: Pick<RunInputs, 'dataset'>,
  { shard }: Pick<RunOptions, 'shard'>,
): Promise<number> {
  beginTallies(figures, stored);
  let done = 0;
  for await (const image of stored.images()) {
    const sample = dataset.samples[done];
    if (sample?.id !== image.imageId || image.place !== placeOf(done, shard)) {
      throw new BadDataError(
        `cannot go on in ${stored.folder}: its image ${done + 1} has the id ${image.imageId}, and the data set has ${sample?.id ?? 'none'} there; run again`,
      );
    }
    figures.take(figures.admit(sample, image));
    done++;
  }
  return done;
}

/** The tallies of the backends that a run has begun, with nothing in them. */
export function beginTallies(figures: RunFigures, { backends }: Pick<StoredRun, 'backends'>): void {
  for (const { description, isReference, detectionsFile, layers } of backends)
    figures.begin(new BackendTally(description, isReference, detectionsFile, layers));
}
