import {
  type Dataset,
  type DatasetSelection,
  type DatasetSource,
  type HealthCode,
  loadDataset,
  locateDataset,
} from '../../datasets/index.ts';
import { BadDataError } from '../errors.ts';
import { datasetFolder } from './dataset-folder.ts';
import type { RunOptions } from './run-options.ts';
import type { RunTools } from './run-tools.ts';

/** What no evaluation can be made of. Found before the inference, which may take hours. */
const UNUSABLE: ReadonlySet<HealthCode> = new Set(['duplicate-image-id', 'duplicate-category-id']);

/** The selected images of a data set, all of which can be read. @throws BadDataError or DatasetError otherwise. */
export async function openDataset(
  { data, selection }: Pick<RunOptions, 'data' | 'selection'>,
  tools: Pick<RunTools, 'progress' | 'signal'>,
): Promise<Dataset> {
  const location = await locateDataset(await datasetSource(data, tools));
  const dataset = await loadDataset(location, selectionOf(selection));
  const sameId = dataset.health.find(({ code }) => UNUSABLE.has(code));
  if (sameId) {
    throw new BadDataError(
      `cannot run on ${dataset.name}: ${sameId.sentence} (${sameId.count}; ${sameId.examples[0]}); ` +
        `give each entry of ${location.annotationsPath} an id of its own`,
    );
  }
  const missing = dataset.health.find(({ code }) => code === 'picture-missing');
  if (missing) {
    throw new BadDataError(
      `cannot run on ${dataset.name}: ${missing.count} of ${dataset.samples.length} images cannot be read, the first: ` +
        `${missing.examples[0]}; complete ${location.imageDir}, or choose images with --images or --image-list`,
    );
  }
  return dataset;
}

/** Where the data of a run's options is; scenes that are not there yet are drawn. */
export async function datasetSource(
  { dataset, split, annotations, imageDir }: RunOptions['data'],
  tools: Pick<RunTools, 'progress' | 'signal'>,
): Promise<DatasetSource> {
  if (annotations !== undefined) return { annotationsPath: annotations, imageDir: imageDir! };
  return { dir: await datasetFolder(dataset!, tools), ...(split !== undefined ? { split } : {}) };
}

function selectionOf({ images, seed, imageIds, imageList }: RunOptions['selection']): DatasetSelection {
  if (images !== undefined) return { count: images, seed };
  if (imageIds !== undefined) return { images: imageIds };
  if (imageList !== undefined) return { listFile: imageList };
  return 'all';
}
