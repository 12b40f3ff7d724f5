import { rm } from 'node:fs/promises';
import { createClassMap, type Dataset } from '../../datasets/index.ts';
import type { RunRecord } from '../../reports/index.ts';
import type { RunConfig } from '../config/run-config.ts';
import { BadDataError, EXIT, messageOf } from '../errors.ts';
import { writeReport } from '../report/write-report.ts';
import { buildRecord, type FinishedBackend } from '../run/build-record.ts';
import type { ImageResult } from '../run/image-result.ts';
import { IMAGES_FILE, ImageStore } from '../run/image-store.ts';
import { noiseFloorOf } from '../run/noise-floor.ts';
import { openDataset } from '../run/open-dataset.ts';
import { beginTallies } from '../run/restore-figures.ts';
import type { RunResult } from '../run/run.ts';
import { RunFigures } from '../run/run-figures.ts';
import type { RunOptions } from '../run/run-options.ts';
import { findStatistics, noStatistics } from '../run/run-statistics.ts';
import type { RunTools } from '../run/run-tools.ts';
import { shardOf, shardSentence } from '../run/shard-of.ts';
import { lockRunFolder } from '../store/lock-run-folder.ts';
import { createRunFolder, type RunFolder } from '../store/run-folder.ts';
import { type OpenShard, openShards } from './open-shards.ts';

/**
 * Joins the shards of a run: its images one after the other, in the order of an unsharded run, each added up as it was when it was
 * scored. So the figures, detections and images.json are those of the unsharded run, to the bit. Nothing is inferred; the data
 * set has to be at hand, for its annotations and the pictures of the page.
 * @throws BadDataError for folders that are not the shards of one run, or hold something damaged; DatasetError for the data set.
 */
export async function mergeShards(
  paths: readonly string[],
  out: string,
  tools: RunTools,
): Promise<RunResult> {
  const shards = await openShards(paths);
  try {
    return await joinShards(shards, out, tools);
  } finally {
    for (const { stored } of shards) await stored.close();
  }
}

async function joinShards(shards: readonly OpenShard[], out: string, tools: RunTools): Promise<RunResult> {
  const { header, backends } = shards[0]!.stored;
  const options: RunOptions = { ...header.options, shard: null, out };
  const dataset = await openDataset(options, tools);
  refuseOtherData(dataset, shards[0]!);
  const folder = await createRunFolder(out);
  const lock = await lockRunFolder(out);
  try {
    const figures = new RunFigures(header.size, options.legacy);
    beginTallies(figures, { backends });
    await joinImages(shards, dataset, figures, folder, tools);
    const record = await mergedRecord({ shards, options, dataset, figures, folder, tools });
    await folder.saveRecord(record);
    await writeReport(folder.path, record);
    return { record, folder: folder.path };
  } catch (error) {
    // It was empty before, and a part of a run would look like one.
    await rm(folder.path, { recursive: true, force: true });
    throw error;
  } finally {
    await lock.release();
  }
}

function refuseOtherData(dataset: Dataset, { stored, path }: OpenShard): void {
  const { annotations, imageIds } = stored.header.inputs;
  const same =
    dataset.sha256 === annotations && dataset.samples.map(({ id }) => id).join() === imageIds.join();
  if (same) return;
  throw new BadDataError(
    `cannot merge ${path}: ${dataset.annotationsPath} is not the annotation file that it was made with, or other images are selected of it; bring that one here`,
  );
}

async function joinImages(
  shards: readonly OpenShard[],
  { samples }: Dataset,
  figures: RunFigures,
  folder: RunFolder,
  { progress, signal }: RunTools,
): Promise<void> {
  const store = ImageStore.unrecorded(folder);
  const images = shards.map(({ stored }) => stored.images());
  progress.start('images', samples.length);
  try {
    for (const { detectionsFile } of figures.tallies.values())
      if (detectionsFile !== null) await store.openFile(detectionsFile);
    await store.openFile(IMAGES_FILE);
    for (const [place, sample] of samples.entries()) {
      signal.throwIfAborted();
      const nth = place % shards.length;
      const { value: image } = (await images[nth]!.next()) as { value: ImageResult | undefined };
      if (image?.place !== place || image.imageId !== sample.id) {
        throw new BadDataError(
          `cannot merge ${shards[nth]!.path}: ${image ? `it has image ${image.imageId} in the place of ${sample.id}` : `image ${sample.id} is missing or damaged there`}; run that shard again`,
        );
      }
      const admitted = figures.admit(sample, image);
      await store.finish(admitted, (name) => figures.tallies.get(name)?.detectionsFile ?? null);
      figures.take(admitted);
      progress.advance();
    }
    // To the end, where the notes are.
    for (const one of images) for await (const _ of one);
  } finally {
    progress.stop();
    await Promise.allSettled(images.map((one) => one.return(undefined)));
    await store.closeFiles();
  }
}

interface MergedParts {
  readonly shards: readonly OpenShard[];
  readonly options: RunOptions;
  readonly dataset: Dataset;
  readonly figures: RunFigures;
  readonly folder: RunFolder;
  readonly tools: RunTools;
}

async function mergedRecord({
  shards,
  options,
  dataset,
  figures,
  folder,
  tools,
}: MergedParts): Promise<RunRecord> {
  const records = shards.map(({ record }) => record);
  const [first] = records;
  const { weights, environment, tunings } = first!;
  const floor = noiseFloorOf(figures, dataset.groundTruth, shards[0]!.stored.floorNote);
  const timed = records.find(({ backends }) => backends.some(({ latency }) => latency.length > 0));
  const backends = [...figures.tallies.values()]
    .filter(({ detectionsFile }) => detectionsFile !== null)
    .map((tally): FinishedBackend => {
      const { name } = tally.description;
      const of = (record: RunRecord | undefined) => record?.backends.find((backend) => backend.name === name);
      const quantization = of(first)?.quantization ?? null;
      return {
        tally,
        decodeState: tally.isReference ? null : figures.decodeState.record(name),
        quantization: quantization && { ...quantization, saturation: tally.saturation.counts() },
        latency: of(timed)?.latency ?? [],
      };
    });
  // Shards have none: an interval of a part says nothing of the whole.
  const statistics = noStatistics();
  const { replicates, selection } = options;
  const tallies = backends.map(({ tally }) => tally);
  await findStatistics(dataset.groundTruth, tallies, { replicates, seed: selection.seed }, tools, statistics);
  const warnings = new Set(records.flatMap((record) => record.warnings));
  for (const { shard } of shards) warnings.delete(shardSentence(shard, shardOf(dataset, shard), dataset));
  for (const warning of mergeWarnings(shards, timed, options)) warnings.add(warning);
  if (floor.warning !== null) warnings.add(floor.warning);
  const gallery = await figures.gallery
    .save(folder, dataset.groundTruth, createClassMap(dataset.groundTruth.categories, weights.classes))
    .catch((error: unknown) => {
      warnings.add(`The pictures of the page were not written: ${messageOf(error)}`);
      return [];
    });
  return buildRecord({
    // As the whole would have been asked for.
    asked: askedOfWhole(shards[0]!),
    ...{ options, weights, dataset, backends, statistics, gallery, tunings, environment, ...floor },
    size: shards[0]!.stored.header.size,
    warnings: [...warnings],
    startedAt: new Date(Math.min(...records.map(({ startedAt }) => Date.parse(startedAt)))),
    finishedAt: new Date(Math.max(...records.map(({ finishedAt }) => Date.parse(finishedAt)))),
    mergedFrom: shards.length,
    stoppedBy: null,
    exitCode: backends.some(({ tally }) => tally.failure !== null) ? EXIT.backend : EXIT.pass,
  });
}

function askedOfWhole({ stored: { header } }: OpenShard): RunConfig | null {
  if (header.config === null) return null;
  const { shard: _, out: __, ...asked } = header.config;
  return asked;
}

function mergeWarnings(
  shards: readonly OpenShard[],
  timed: RunRecord | undefined,
  { saveRaw }: RunOptions,
): string[] {
  const warnings: string[] = [];
  const machines = new Set(
    shards.map(({ record: { environment } }) => `${environment.cpu}, ${environment.platform}`),
  );
  if (machines.size > 1)
    warnings.push(
      `The shards ran on different machines, which may round differently: ${[...machines].join('; ')}.`,
    );
  const owner = shards.find(({ record }) => record === timed);
  if (owner) warnings.push(`The latency is that of ${owner.path}; what other shards timed is left out.`);
  if (saveRaw) warnings.push('The raw outputs are in the folders of the shards.');
  return warnings;
}
