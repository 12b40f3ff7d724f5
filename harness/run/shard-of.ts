import { type Dataset, selectSubset } from '../../datasets/index.ts';
import { UsageError } from '../errors.ts';
import { placeOf, type Shard } from './shard.ts';

/**
 * The images of one shard, as a data set of their own. What is wrong with the whole is still said of it.
 * @throws UsageError when there is none.
 */
export function shardOf(dataset: Dataset, shard: Shard): Dataset {
  const { samples } = dataset;
  if (shard.count > samples.length) {
    throw new UsageError(
      `--shard ${shard.index}/${shard.count} of ${samples.length} images: give no more shards than images`,
    );
  }
  const length = Math.ceil((samples.length - (shard.index - 1)) / shard.count);
  const own = Array.from({ length }, (_, nth) => samples[placeOf(nth, shard)]!);
  const groundTruth = selectSubset(dataset.groundTruth, { images: own.map(({ id }) => id) });
  const annotations = groundTruth.annotations.length;
  return {
    ...{ ...dataset, groundTruth, samples: own },
    counts: { ...dataset.counts, images: own.length, annotations },
  };
}

/** What every reader of a shard's figures has to know. */
export function shardSentence({ index, count }: Shard, own: Dataset, selected: Dataset): string {
  return `This is shard ${index} of ${count}: its figures are of ${own.samples.length} of ${selected.samples.length} images; join the shards with mlu-parity merge.`;
}
