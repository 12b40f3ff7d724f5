import { hashFile } from '../../datasets/hash-file.ts';
import type { DatasetSample } from '../../datasets/index.ts';
import type { PixelSize } from '../../reference/preprocess/index.ts';
import type { LatencyPoint } from '../../reports/record/index.ts';
import type { BackendFactory } from '../backends/backend.ts';
import type { MluBackendName } from '../config/option-choices.ts';
import { BadDataError } from '../errors.ts';
import { floorOf } from '../latency/modelled-points.ts';
import type { Model } from '../model/load-model.ts';
import { type ReadRecording, readRecording } from './read-recording.ts';
import { recordedPoints } from './recorded-points.ts';
import { replayBackend } from './replay-backend.ts';

/** What was recorded of a backend, beside its outputs. */
export interface RecordedFigures {
  readonly latency: readonly LatencyPoint[];
  /** @throws BadDataError for the first of the images that was not recorded. */
  refuseOthers(samples: readonly DatasetSample[]): void;
}

export interface ReplayOptions {
  readonly name: MluBackendName;
  readonly folder: string;
  readonly model: Model;
  readonly size: PixelSize;
  readonly legacy: boolean;
  /** `--quantized` of the backend, if it is given. */
  readonly checkpoint: string | undefined;
}

/**
 * A recorded backend, held against what the run is of.
 * @throws BadDataError when the recording is damaged, or of other weights, size, preprocessing or scales.
 */
export async function prepareReplay(
  options: ReplayOptions,
): Promise<{ factory: BackendFactory; recorded: RecordedFigures; warnings: string[] }> {
  const { name, folder, model, size } = options;
  const recording = await readRecording(folder, name);
  await refuseAnother(recording, options);
  const { points, warnings } = await recordedPoints(recording, floorOf(model.graph, size));
  return {
    factory: replayBackend(recording),
    recorded: { latency: points, refuseOthers: (samples) => refuseOthers(recording, samples) },
    warnings: [
      ...[recording.description.standIn ?? [], recording.warnings]
        .flat()
        .map((sentence) => `${name}: ${sentence}`),
      ...warnings,
    ],
  };
}

async function refuseAnother(
  { plan, planned, description, folder }: ReadRecording,
  { name, model, size, legacy, checkpoint }: ReplayOptions,
): Promise<void> {
  const refuse = (was: string, is: string, fix: string): never => {
    throw new BadDataError(
      `cannot replay ${name} from ${folder}: it was recorded ${was}, and this run is ${is}; ${fix}, or record again`,
    );
  };
  if (plan.weights.sha256 !== model.sha256) {
    refuse(
      `for the weights ${plan.weights.file} (SHA-256 ${plan.weights.sha256.slice(0, 12)}…)`,
      `of ${model.file} (${model.sha256.slice(0, 12)}…)`,
      'give those --weights',
    );
  }
  const [height, width] = plan.size;
  if (height !== size.height || width !== size.width) {
    refuse(
      `at ${height}x${width}`,
      `at ${size.height}x${size.width}`,
      `give --size ${height === width ? height : `${height}x${width}`}`,
    );
  }
  if (plan.legacy !== legacy) {
    refuse(
      plan.legacy ? 'with legacy preprocessing' : 'without legacy preprocessing',
      legacy ? 'with it' : 'without it',
      `${legacy ? 'leave out' : 'add'} --legacy`,
    );
  }
  if (checkpoint !== undefined && planned.checkpoint !== null) {
    const { sha256 } = await hashFile(checkpoint);
    if (sha256 !== planned.checkpoint.sha256) {
      refuse(
        `with the quantised checkpoint ${planned.checkpoint.name} (SHA-256 ${planned.checkpoint.sha256.slice(0, 12)}…)`,
        `with ${checkpoint} (${sha256.slice(0, 12)}…)`,
        `leave out --quantized of ${name}`,
      );
    }
  }
  if (description.decoded === false) {
    refuse(
      'with boxes that the device says it did not decode',
      `planned with the decode ${planned.decode}`,
      'have the agent decode',
    );
  }
}

function refuseOthers(
  { images, folder, planned: { name } }: ReadRecording,
  samples: readonly DatasetSample[],
): void {
  const known = new Map(images.map(({ id, fileName }) => [id, fileName]));
  const missing = samples.filter(({ id, fileName }) => known.get(id) !== fileName);
  if (missing.length === 0) return;
  const [first] = missing;
  throw new BadDataError(
    `cannot replay ${name} from ${folder}: ${missing.length} of ${samples.length} images were not recorded, the first ${first!.fileName} (id ${first!.id}); ` +
      'choose those of the plan with --image-ids or --image-list, or record again',
  );
}
