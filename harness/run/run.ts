import { availableParallelism } from 'node:os';
import type { RunRecord } from '../../reports/index.ts';
import type { GalleryImage, LatencyPoint } from '../../reports/record/index.ts';
import { EXIT, type ExitCode, exitCodeOf, messageOf } from '../errors.ts';
import { leftToCardSentence } from '../latency/cpu-cores.ts';
import { writeReport } from '../report/write-report.ts';
import { createRunFolder, refuseUsedFolder } from '../store/run-folder.ts';
import { buildRecord } from './build-record.ts';
import { describeEnvironment } from './environment.ts';
import { Measurement } from './measurement.ts';
import { openInputs } from './open-inputs.ts';
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
 * record, detections and a page of what was finished, with `status: incomplete` and the reason in `stoppedBy`.
 * @throws ParityError or DatasetError for inputs that cannot be used; then no folder is made.
 */
export async function run(options: RunOptions, tools: RunTools): Promise<RunResult> {
  const startedAt = tools.now();
  await refuseUsedFolder(options.out);
  const inputs = await openInputs(options, tools);
  tools.signal.throwIfAborted();
  const folder = await createRunFolder(options.out);
  const measurement = new Measurement(inputs, options, folder, tools);
  const environment = await describeEnvironment();
  const leftToCard = options.latency && leftToCardSentence(options.latency, availableParallelism());
  const coresWarning = leftToCard === null ? [] : [leftToCard];
  const statistics = noStatistics();
  const save = async (gallery: GalleryImage[], stop: Stop | null): Promise<RunRecord> => {
    const backends = measurement.finished();
    const failed = backends.some(({ tally, latency }) => tally.failure !== null || latency.some(timedOthers));
    const record = buildRecord({
      ...inputs,
      options,
      backends,
      statistics,
      gallery,
      ...measurement.noiseFloor(),
      tunings: measurement.tunings(),
      environment,
      warnings: [...(tools.warnings ?? []), ...inputs.warnings, ...coresWarning, ...measurement.notes()],
      startedAt,
      finishedAt: tools.now(),
      stoppedBy: stop?.reason ?? null,
      exitCode: stop?.exitCode ?? (failed ? EXIT.backend : EXIT.pass),
    });
    await folder.saveRecord(record);
    return record;
  };

  let stop = await stopOf(measurement.score(), tools);
  const gallery = await measurement.saveGallery();
  if (!tools.signal.aborted) {
    const tallies = measurement.finished().map(({ tally }) => tally);
    const { replicates, selection } = options;
    const drawn = { replicates, seed: selection.seed };
    const finding = findStatistics(inputs.dataset.groundTruth, tallies, drawn, tools, statistics);
    stop = (await stopOf(finding, tools)) ?? stop;
  }
  if (stop === null && options.latency !== null) {
    // The accuracy is kept before the timing begins, which takes as long again and may be killed.
    await save(gallery, { reason: 'ended while latency was measured', exitCode: EXIT.interrupted });
    stop = await stopOf(measurement.time(options.latency), tools);
  }
  const record = await save(gallery, stop);
  await writeReport(folder.path, record);
  return { record, folder: folder.path };
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
