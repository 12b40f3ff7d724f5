import {
  type ClassMap,
  createClassMap,
  type Dataset,
  type DatasetSelection,
  type DatasetSource,
  type HealthCode,
  loadDataset,
  locateDataset,
} from '../../datasets/index.ts';
import type { PixelSize } from '../../reference/preprocess/index.ts';
import type { TuneResult } from '../../reports/record/index.ts';
import { BadDataError } from '../errors.ts';
import { inputSizeOf } from '../model/input-size.ts';
import { loadModel, type Model } from '../model/load-model.ts';
import { datasetFolder } from './dataset-folder.ts';
import { type PreparedBackend, prepareBackends } from './prepare-backends.ts';
import { readTuning } from './read-tuning.ts';
import type { RunOptions } from './run-options.ts';
import type { RunTools } from './run-tools.ts';

/** Everything a run reads before it measures, checked. */
export interface RunInputs {
  readonly model: Model;
  readonly size: PixelSize;
  readonly dataset: Dataset;
  readonly classes: ClassMap;
  readonly prepared: readonly PreparedBackend[];
  /** Of the same network, made before. */
  readonly tuning: TuneResult | null;
  readonly warnings: readonly string[];
}

/** What no evaluation can be made of. Found before the inference, which may take hours. */
const UNUSABLE: ReadonlySet<HealthCode> = new Set(['duplicate-image-id', 'duplicate-category-id']);

/** @throws ParityError or DatasetError for the first input that cannot be used. */
export async function openInputs(
  options: RunOptions,
  tools: Pick<RunTools, 'progress' | 'signal'>,
): Promise<RunInputs> {
  const model = await loadModel(options.weights);
  const size = inputSizeOf(options.size ?? undefined, model.variant, model.sha256);
  const location = await locateDataset(await sourceOf(options.data, tools));
  const dataset = await loadDataset(location, selectionOf(options.selection));
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
  const tuning = options.tuning === null ? null : await readTuning(options.tuning, { model, size });
  const classes = createClassMap(dataset.groundTruth.categories, model.variant.classes);
  const prepared = await prepareBackends(model, size, options, tools);
  const warnings = [
    ...dataset.health
      .filter(({ severity }) => severity !== 'note')
      .map(({ sentence, count, examples }) => `${dataset.name}: ${sentence} (${count}; ${examples[0]})`),
    // Backends that take the same scales have the same to say of them.
    ...new Set(prepared.flatMap((backend) => backend.warnings)),
  ];
  return { model, size, dataset, classes, prepared, tuning, warnings };
}

async function sourceOf(
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
