import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { RunRecord } from '../../reports/index.ts';
import type { GalleryImage, LatencyPoint } from '../../reports/record/index.ts';
import type { RunConfig } from '../config/run-config.ts';
import { EXIT, type ExitCode, exitCodeOf, messageOf, ParityError } from '../errors.ts';
import { leftToCardSentence } from '../latency/cpu-cores.ts';
import { weightsRecord } from '../model/weights-record.ts';
import { writeReport } from '../report/write-report.ts';
import { lockRunFolder } from '../store/lock-run-folder.ts';
import { removeTemporaryFiles } from '../store/remove-temporary-files.ts';
import { createRunFolder, type RunFolder, refuseUsedFolder } from '../store/run-folder.ts';
import { JOURNAL } from '../store/run-journal.ts';
import { buildRecord } from './build-record.ts';
import { describeEnvironment } from './environment.ts';
import { ImageStore } from './image-store.ts';
import { Measurement } from './measurement.ts';
import { openInputs, type RunInputs } from './open-inputs.ts';
import { runEntry } from './run-entry.ts';
import type { RunOptions } from './run-options.ts';
import { findStatistics, noStatistics } from './run-statistics.ts';
import type { RunTools } from './run-tools.ts';

export interface RunResult {
  /** Its verdict holds the exit code. */
  readonly record: RunRecord;
  readonly folder: string;
}

/**
 * The main job: weights and images in, a run folder out.
 *
 * Whatever stops it once images are being scored (an image that does not decode, a failed backend, Ctrl-C) still leaves a
 * record, detections and a page of what was finished, with `status: incomplete` and the reason in `stoppedBy`; and a kill
 * leaves what `resumeRun` goes on with.
 * @param config what the options were resolved from, for who goes on with other options.
 * @throws ParityError or DatasetError for inputs that cannot be used; then no folder is made.
 */
export async function run(
  options: RunOptions,
  tools: RunTools,
  config: RunConfig | null = null,
): Promise<RunResult> {
  const startedAt = tools.now();
  await refuseUsedFolder(options.out);
  const inputs = await openInputs(options, tools);
  const environment = await describeEnvironment();
  const entry = await runEntry(inputs, options, { startedAt, config, environment });
  tools.signal.throwIfAborted();
  const folder = await createRunFolder(options.out);
  const lock = await lockRunFolder(folder.path);
  try {
    // Another process may have been here between the look and the lock.
    await refuseUsedFolder(options.out);
    const store = await ImageStore.begin(folder, entry);
    const measurement = new Measurement(inputs, options, folder, tools);
    return await measure({
      ...{ options, asked: config, inputs, folder, store },
      measurement,
      startedAt,
      environment,
      tools,
    });
  } finally {
    await lock.release();
  }
}

export interface MeasureParts {
  readonly options: RunOptions;
  /** What they were resolved from. */
  readonly asked: RunConfig | null;
  readonly inputs: RunInputs;
  readonly folder: RunFolder;
  readonly store: ImageStore;
  readonly measurement: Measurement;
  readonly startedAt: Date;
  readonly environment: RunRecord['environment'];
  readonly tools: RunTools;
}

/** What is left of a run, and its record and page. */
export async function measure(parts: MeasureParts): Promise<RunResult> {
  const { options, asked, inputs, folder, store, measurement, tools } = parts;
  await removeTemporaryFiles(folder.path);
  const leftToCard = options.latency && leftToCardSentence(options.latency, availableParallelism());
  const coresWarning = leftToCard === null ? [] : [leftToCard];
  const statistics = noStatistics();
  const save = async (gallery: GalleryImage[], stop: Stop | null): Promise<RunRecord> => {
    const backends = measurement.finished();
    const failed = backends.some(({ tally, latency }) => tally.failure !== null || latency.some(timedOthers));
    const finishedAt = tools.now();
    const record = buildRecord({
      ...inputs,
      ...{ options, asked, weights: weightsRecord(inputs.model, inputs.size), backends, statistics, gallery },
      ...measurement.noiseFloor(),
      tunings: measurement.tunings(),
      environment: parts.environment,
      warnings: [
        ...new Set([
          ...[...(tools.warnings ?? []), ...inputs.warnings, ...coresWarning, ...measurement.notes()],
          ...clockWarning(parts.startedAt, finishedAt),
        ]),
      ],
      startedAt: parts.startedAt,
      finishedAt,
      stoppedBy: stop?.reason ?? null,
      exitCode: stop?.exitCode ?? (failed ? EXIT.backend : EXIT.pass),
    });
    await folder.saveRecord(record);
    return record;
  };

  let stop = await stopOf(measurement.score(store), tools);
  const gallery = await measurement.saveGallery();
  if (!tools.signal.aborted) {
    const tallies = measurement.finished().map(({ tally }) => tally);
    const { replicates, selection } = options;
    // An interval of a shard says nothing of the whole, whose own are found by merge.
    const drawn = { replicates: options.shard === null ? replicates : 0, seed: selection.seed };
    const finding = findStatistics(inputs.dataset.groundTruth, tallies, drawn, tools, statistics);
    stop = (await stopOf(finding, tools)) ?? stop;
  }
  if (stop === null && options.latency !== null) {
    // The accuracy is kept before the timing begins, which takes as long again and may be killed.
    await save(gallery, { reason: 'ended while latency was measured', exitCode: EXIT.interrupted });
    stop = await stopOf(measurement.time(options.latency, store), tools);
  }
  const closed = await stopOf(store.close(), tools);
  stop ??= closed;
  const record = await save(gallery, stop).catch((error: unknown) => {
    // What stopped the run says more than that its record cannot be written either, as on a full disk.
    throw stop === null ? error : new ParityError(stop.exitCode, stop.reason, { cause: error });
  });
  await writeReport(folder.path, record).catch((error: unknown) => {
    if (stop === null) throw error;
    // The record is there, with the reason; the page is made of it.
    tools.progress.note(`the page was not written: ${messageOf(error)}`);
  });
  // A shard's is what it is joined from.
  if (stop === null && options.shard === null) await rm(join(folder.path, JOURNAL), { force: true });
  return { record, folder: folder.path };
}

/** Durations are taken from a clock that does not go back; the two times of a record are the calendar's, which may. */
function clockWarning(startedAt: Date, finishedAt: Date): string[] {
  if (finishedAt >= startedAt) return [];
  return [
    'The clock of this machine was set back during the run: it ended, by the clock, before it began. No figure depends on that.',
  ];
}

/** Whether outputs that were timed are not those that were scored, so that the time is of something else. */
function timedOthers({ output }: LatencyPoint): boolean {
  return output !== null && output.mismatched > 0;
}

interface Stop {
  readonly reason: string;
  readonly exitCode: ExitCode;
}

/** What stopped a part of the run; null when it went to its end. */
async function stopOf(part: Promise<void>, { signal }: RunTools): Promise<Stop | null> {
  try {
    await part;
    return null;
  } catch (error) {
    if (signal.aborted) return { reason: 'interrupted by the user', exitCode: EXIT.interrupted };
    const exitCode = exitCodeOf(error);
    // What was computed is kept even then; the stack goes where someone sees it.
    if (exitCode === EXIT.defect && error instanceof Error) {
      process.stderr.write(`a defect in mlu-parity itself: ${error.stack}\n`);
    }
    return { reason: messageOf(error), exitCode };
  }
}
