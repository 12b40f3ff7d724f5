import { type ClassMap, createClassMap, type Dataset } from '../../datasets/index.ts';
import type { PixelSize } from '../../reference/preprocess/index.ts';
import type { TuneResult } from '../../reports/record/index.ts';
import { inputSizeOf } from '../model/input-size.ts';
import { loadModel, type Model } from '../model/load-model.ts';
import { openDataset } from './open-dataset.ts';
import { prepareBackends } from './prepare-backends.ts';
import type { PreparedBackend } from './prepared-backend.ts';
import { readTuning } from './read-tuning.ts';
import type { RunOptions } from './run-options.ts';
import type { RunTools } from './run-tools.ts';
import { shardOf, shardSentence } from './shard-of.ts';

/** Everything a run reads before it measures, checked. */
export interface RunInputs {
  readonly model: Model;
  readonly size: PixelSize;
  /** Of the shard, where the run is one. */
  readonly dataset: Dataset;
  /** Every image that was selected, those of other shards too. */
  readonly selectedIds: readonly number[];
  readonly classes: ClassMap;
  readonly prepared: readonly PreparedBackend[];
  /** Of the same network, made before. */
  readonly tuning: TuneResult | null;
  readonly warnings: readonly string[];
}

/** @throws ParityError or DatasetError for the first input that cannot be used. */
export async function openInputs(
  options: RunOptions,
  tools: Pick<RunTools, 'progress' | 'signal'>,
): Promise<RunInputs> {
  const model = await loadModel(options.weights);
  const size = inputSizeOf(options.size ?? undefined, model.variant, model.sha256);
  const selected = await openDataset(options, tools);
  const dataset = options.shard === null ? selected : shardOf(selected, options.shard);
  const tuning = options.tuning === null ? null : await readTuning(options.tuning, { model, size });
  const classes = createClassMap(dataset.groundTruth.categories, model.variant.classes);
  const prepared = await prepareBackends(model, size, options, tools);
  for (const { recorded } of prepared) recorded?.refuseOthers(dataset.samples);
  const warnings = [
    ...dataset.health
      .filter(({ severity }) => severity !== 'note')
      .map(({ sentence, count, examples }) => `${dataset.name}: ${sentence} (${count}; ${examples[0]})`),
    // Backends that take the same scales have the same to say of them.
    ...new Set(prepared.flatMap((backend) => backend.warnings)),
    ...(options.shard === null ? [] : [shardSentence(options.shard, dataset, selected)]),
  ];
  const selectedIds = selected.samples.map(({ id }) => id);
  return { model, size, dataset, selectedIds, classes, prepared, tuning, warnings };
}
