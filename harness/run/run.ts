import type { RunRecord } from '../../reports/index.ts';
import { EXIT, exitCodeOf, messageOf } from '../errors.ts';
import { writeReport } from '../report/write-report.ts';
import { createRunFolder, refuseUsedFolder } from '../store/run-folder.ts';
import { buildRecord } from './build-record.ts';
import { describeEnvironment } from './environment.ts';
import { Measurement, type RunTools } from './measurement.ts';
import { noiseFloorRecord } from './noise-floor.ts';
import { openInputs } from './open-inputs.ts';
import type { RunOptions } from './run-options.ts';

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
  const inputs = await openInputs(options, tools.progress);
  const folder = await createRunFolder(options.out);
  const measurement = new Measurement(inputs, options, folder, tools);
  const stop = await measurement.carryOut().then(
    () => null,
    (error: unknown) => stopOf(error, tools),
  );

  const finished = measurement.finished();
  const reference = finished.find(({ tally }) => tally.isReference)?.tally;
  const failed = finished.some(({ tally }) => tally.failure !== null);
  const floor = measurement.noiseFloor();
  const record = buildRecord({
    ...inputs,
    options,
    backends: finished,
    gallery: await measurement.saveGallery(),
    noiseFloor:
      reference && floor.tally ? noiseFloorRecord(inputs.dataset.groundTruth, reference, floor.tally) : null,
    noiseFloorNote: floor.note,
    environment: await describeEnvironment(),
    warnings: [...inputs.warnings, ...measurement.warnings],
    startedAt,
    finishedAt: tools.now(),
    stoppedBy: stop?.reason ?? null,
    exitCode: stop?.exitCode ?? (failed ? EXIT.backend : EXIT.pass),
  });
  await folder.saveRecord(record);
  await writeReport(folder.path, record);
  return { record, folder: folder.path };
}

function stopOf(error: unknown, { signal, progress }: RunTools) {
  if (signal.aborted) return { reason: 'interrupted by the user', exitCode: EXIT.interrupted };
  const exitCode = exitCodeOf(error);
  // What was computed is kept even then; the stack goes where someone sees it.
  if (exitCode === EXIT.defect && error instanceof Error)
    progress.note(`a defect in mlu-parity itself: ${error.stack}`);
  return { reason: messageOf(error), exitCode };
}
