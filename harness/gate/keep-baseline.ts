import { userInfo } from 'node:os';
import { z } from 'zod';
import { locateDataset, readGroundTruthFile } from '../../datasets/index.ts';
import type { CocoGroundTruth } from '../../reference/evaluate/index.ts';
import { formatCount } from '../../reports/format-figures.ts';
import type { RunRecord } from '../../reports/record/index.ts';
import { BadDataError } from '../errors.ts';
import { definedOnly } from '../run/defined-only.ts';
import { datasetSource } from '../run/open-dataset.ts';
import type { RunTools } from '../run/run-tools.ts';
import {
  type Baseline,
  type History,
  type KeptFile,
  type NewBaseline,
  recordRun,
  setBaseline,
} from '../store/history/index.ts';
import { evaluateText } from './evaluate-texts.ts';
import { type GateRun, isFinished, readDetections } from './gate-run.ts';

export const GROUND_TRUTH_NAME = 'ground-truth.json';

/**
 * What a run is kept with as a baseline, its detections and ground truth, so that later runs can be compared image by image on any
 * machine. Nothing is written yet.
 * @param annotations file of the run, where the one of its record is elsewhere by now
 * @throws BadDataError for a run that is not whole, or whose annotations or detections are not those of its record.
 */
export async function readFilesToKeep(
  run: GateRun,
  annotations: string | undefined,
  tools: Pick<RunTools, 'progress' | 'signal'>,
): Promise<KeptFile[]> {
  const { record } = run;
  refuseUnfinished(run);
  const groundTruth = await groundTruthOfRun(record, annotations, tools);
  const files: KeptFile[] = [{ name: GROUND_TRUTH_NAME, text: JSON.stringify(groundTruth) }];
  tools.progress.start('backends kept', record.backends.length);
  try {
    for (const backend of record.backends) {
      tools.signal.throwIfAborted();
      const text = await readDetections(run, backend);
      evaluateText(text, backend, groundTruth, `the detections of ${backend.name} in ${run.folder}`);
      files.push({ name: detectionsName(backend.name), text });
      tools.progress.advance();
    }
  } finally {
    tools.progress.stop();
  }
  return files;
}

/**
 * Records a run and makes it a baseline.
 * @throws UsageError for a name or reason that is none.
 */
export function keepBaseline(
  history: History,
  { record, text, folder }: GateRun,
  details: Pick<NewBaseline, 'name' | 'reason' | 'files'>,
): Baseline {
  const { id } = recordRun(history, record, { text, source: folder });
  return setBaseline(history, { ...details, run: id, setBy: userInfo().username });
}

export const detectionsName = (backend: string): string => `detections/${backend}.json`;

function refuseUnfinished({ record, folder }: GateRun): void {
  const { shard, dataset } = record;
  if (shard !== null && shard.count > 1) {
    throw new BadDataError(
      `cannot make ${folder} a baseline: it is shard ${shard.index} of ${shard.count}, with ${formatCount(dataset.images, 'image')} of the run alone; join all of them by mlu-parity merge and give that run`,
    );
  }
  const failed = record.backends.find((backend) => !isFinished(record, backend));
  if (record.status === 'complete' && failed === undefined) return;
  throw new BadDataError(
    `cannot make ${folder} a baseline: ${record.stoppedBy ?? failed?.failure ?? `${failed?.name} has no figures`}; give a run that is complete`,
  );
}

const dataSchema = z.object({
  dataset: z.string().optional(),
  split: z.string().optional(),
  annotations: z.string().optional(),
  imageDir: z.string().optional(),
});

/** Of the images of the run alone, from the annotation file that its record names, held to the hash there. */
async function groundTruthOfRun(
  { options, dataset }: RunRecord,
  given: string | undefined,
  tools: Pick<RunTools, 'progress' | 'signal'>,
): Promise<CocoGroundTruth> {
  const path = given ?? (await annotationsOf(options.data, tools));
  const { groundTruth, sha256 } = await readGroundTruthFile(path);
  if (sha256 !== dataset.annotationsSha256) {
    throw new BadDataError(
      `cannot keep the ground truth of the run: ${path} has SHA-256 ${sha256.slice(0, 12)}…, and the run had ${dataset.annotationsSha256.slice(0, 12)}…; give its annotation file by --ground-truth`,
    );
  }
  const wanted = new Set(dataset.imageIds);
  return {
    categories: groundTruth.categories,
    images: groundTruth.images.filter(({ id }) => wanted.has(id)).sort((a, b) => a.id - b.id),
    annotations: groundTruth.annotations.filter(({ image_id }) => wanted.has(image_id)),
  };
}

async function annotationsOf(data: unknown, tools: Pick<RunTools, 'progress' | 'signal'>): Promise<string> {
  const parsed = dataSchema.safeParse(data);
  const { annotations, dataset } = parsed.success ? parsed.data : {};
  if (annotations !== undefined) return annotations;
  if (parsed.success && dataset !== undefined) {
    return (await locateDataset(await datasetSource(definedOnly(parsed.data), tools))).annotationsPath;
  }
  throw new BadDataError('the record of the run names no data: give its annotation file by --ground-truth');
}
