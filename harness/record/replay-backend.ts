import type { Tensor } from '../../reference/tensor.ts';
import type { BackendDescription, BackendFactory } from '../backends/backend.ts';
import { describeSession } from '../backends/describe-session.ts';
import { BackendError } from '../errors.ts';
import { hashPixels } from './hash-pixels.ts';
import type { ReadRecording, RecordedImage } from './read-recording.ts';

/**
 * `mlu-online` or `mlu-offline` as a device ran it before: hands out the output that was recorded for the very pixels it is
 * given. Two images of the same pixels have one output.
 */
export function replayBackend(recording: ReadRecording): BackendFactory {
  const description = describeRecording(recording);
  const { name } = description;
  const byPixels = new Map(recording.images.map((image) => [image.pixelsSha256, image]));
  return {
    name,
    onCard: true,
    async open() {
      return {
        recordedOnly: true,
        describe: () => description,
        async infer(batch) {
          const image = imageOf(batch, byPixels, recording.folder);
          const output = await image.output();
          return image.deviceMs === null ? { output } : { output, deviceMilliseconds: image.deviceMs };
        },
        saturation: () => [],
        async close() {},
      };
    },
  };
}

export function describeRecording(
  { planned: { name, models, checkpoint }, plan, description, finishedAt }: ReadRecording,
  ofSession = description,
): BackendDescription {
  return {
    ...describeSession(name, ofSession, {
      provenance: 'replayed',
      timedOn: `the host of the device, as recorded at ${finishedAt}`,
      offlineModels: Object.entries(models).map(([coreNumber, model]) => ({
        ...{ coreNumber: Number(coreNumber), batch: plan.batch, file: model.name, sha256: model.sha256 },
      })),
    }),
    ...(checkpoint && { recordedFrom: { file: checkpoint.name, sha256: checkpoint.sha256 } }),
  };
}

function imageOf(batch: Tensor, byPixels: ReadonlyMap<string, RecordedImage>, folder: string): RecordedImage {
  const [images] = batch.shape;
  if (images !== 1) {
    throw new BackendError(`it was recorded image by image, and ${images} were asked for at once`);
  }
  const image = byPixels.get(hashPixels(batch));
  if (image) return image;
  throw new BackendError(
    `${folder} has no output of these pixels: the picture is another one, or is prepared otherwise than when the plan was written; plan and record again`,
  );
}
