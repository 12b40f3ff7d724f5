import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { readChecksums } from '../../datasets/checksum-list.ts';
import { sha256 } from '../../datasets/sha256.ts';
import { anchorGrid, BOX_CHANNELS } from '../../reference/decode/index.ts';
import { float32Tensor, type Tensor } from '../../reference/tensor.ts';
import type { MluBackendName } from '../config/option-choices.ts';
import type { SessionDescription } from '../device/index.ts';
import { BadDataError } from '../errors.ts';
import { parseNpy } from '../store/read-npy.ts';
import { type RecordedBackend, type RecordedLatency, recordingSchema } from './recording.ts';
import { type PlannedBackend, type RecordingPlan, recordingPlanSchema } from './recording-plan.ts';

export interface RecordedImage {
  readonly id: number;
  readonly fileName: string;
  readonly pixelsSha256: string;
  readonly deviceMs: number | null;
  /** Read again each time: all of them may be gigabytes. */
  output(): Promise<Tensor>;
}

/** One backend of a recording, every file of it checked. */
export interface ReadRecording {
  readonly folder: string;
  readonly plan: RecordingPlan;
  readonly planned: PlannedBackend;
  readonly description: SessionDescription;
  /** ISO time at which the recording was finished. */
  readonly finishedAt: string;
  readonly images: readonly RecordedImage[];
  readonly latency: readonly (RecordedLatency & { readonly output: Tensor })[];
  /** Core numbers that could not be timed, as sentences. */
  readonly failures: readonly string[];
  /** What was odd on the device, each once: of exports and of every session. */
  readonly warnings: readonly string[];
}

/** What is to be done where a recording is not what it was. */
const FIX = 'copy what agent record wrote again, or record again';

/**
 * Reads one backend of a folder that `agent record` wrote, and checks whatever is used of it: hashes, forms, shapes, and that
 * every number is finite.
 * @throws BadDataError for the first thing that does not fit, with the file.
 */
export async function readRecording(folder: string, name: MluBackendName): Promise<ReadRecording> {
  const files = await ListedFolder.open(folder);
  const plan = await files.json('plan.json', recordingPlanSchema);
  const recording = await files.json('recording.json', recordingSchema);
  if (recording.plan !== files.hashOf('plan.json')) {
    throw new BadDataError(
      `cannot use the recording ${folder}: recording.json is of another plan.json; ${FIX}`,
    );
  }
  const planned = plan.backends.find((backend) => backend.name === name);
  const [recorded, ...others] = recording.backends.filter((backend) => backend.name === name);
  if (!planned || !recorded || others.length > 0) {
    throw new BadDataError(
      `cannot use the recording ${folder} for ${name}: it holds ${recording.backends.map((one) => one.name).join(' and ') || 'nothing'}; plan and record ${name}, or leave it out of --backends`,
    );
  }
  if (!recorded.complete || recorded.description === null) {
    throw new BadDataError(
      `cannot use the recording ${folder} for ${name}: it is not finished${recorded.failures.length > 0 ? ` (${recorded.failures.join('; ')})` : ''}; call agent record with the same folder again`,
    );
  }
  const shape = outputShape(plan);
  const images = await readImages(files, recorded, plan, shape);
  const latency: ReadRecording['latency'][number][] = [];
  for (const point of recorded.latency) {
    const known = plan.cores.includes(point.coreNumber);
    const repeated = latency.some(({ coreNumber }) => coreNumber === point.coreNumber);
    if (!known || repeated) {
      throw new BadDataError(
        `cannot use ${folder}: its times at core number ${point.coreNumber} are ${known ? 'there twice' : 'not planned'}; ${FIX}`,
      );
    }
    const file = `${name}/timed/${point.coreNumber}.npy`;
    latency.push({ ...point, output: await files.output(file, point, shape) });
  }
  const { description, failures } = recorded;
  const sessions = [description, ...latency.map((point) => point.description)];
  const warnings = [...new Set([...recorded.warnings, ...sessions.flatMap((session) => session.warnings)])];
  return {
    ...{ folder, plan, planned, description, images, latency, failures, warnings },
    finishedAt: recording.finishedAt,
  };
}

async function readImages(
  files: ListedFolder,
  { name, images }: RecordedBackend,
  plan: RecordingPlan,
  shape: readonly number[],
): Promise<RecordedImage[]> {
  const byId = new Map(images.map((image) => [image.id, image]));
  const read: RecordedImage[] = [];
  for (const { id, fileName, pixelsSha256 } of plan.images) {
    const image = byId.get(id);
    if (!image || byId.size !== plan.images.length) {
      throw new BadDataError(
        `cannot use the recording ${files.folder}: recording.json and plan.json do not have the same images (${id}); ${FIX}`,
      );
    }
    const file = `${name}/outputs/${id}.npy`;
    await files.output(file, image, shape);
    read.push({
      ...{ id, fileName, pixelsSha256, deviceMs: image.deviceMs },
      output: () => files.output(file, image, shape),
    });
  }
  return read;
}

/** `[1, anchors, 5 + classes]`. */
function outputShape({ size: [height, width], classes }: RecordingPlan): readonly number[] {
  return [1, anchorGrid({ height, width }).anchors, BOX_CHANNELS + classes];
}

/** A folder with SHA256SUMS, out of which nothing comes unchecked. */
class ListedFolder {
  readonly folder: string;
  readonly #hashes: ReadonlyMap<string, string>;

  private constructor(folder: string, hashes: ReadonlyMap<string, string>) {
    this.folder = folder;
    this.#hashes = hashes;
  }

  static async open(folder: string): Promise<ListedFolder> {
    const path = join(folder, 'SHA256SUMS');
    const listed = await readChecksums(path).catch((cause) => {
      throw new BadDataError(
        `cannot read ${path} (${(cause as NodeJS.ErrnoException).code}): give the folder that agent record wrote`,
        { cause },
      );
    });
    if (listed === undefined) {
      throw new BadDataError(
        `cannot use ${folder}: it has no SHA256SUMS of its files, which agent record writes when it is done; give the folder of a finished recording`,
      );
    }
    return new ListedFolder(folder, new Map(listed.map((file) => [file.path, file.sha256])));
  }

  hashOf(path: string): string | undefined {
    return this.#hashes.get(path);
  }

  async json<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.infer<Schema>> {
    const text = await this.#read(path);
    let value: unknown;
    try {
      value = JSON.parse(text.toString('utf8'));
    } catch (cause) {
      throw new BadDataError(`cannot read ${join(this.folder, path)}: it is not JSON; ${FIX}`, { cause });
    }
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    const { path: at, message } = result.error.issues[0]!;
    throw new BadDataError(
      `cannot use ${join(this.folder, path)}: ${at.join('.') || 'top level'}: ${message}; ${FIX}`,
    );
  }

  /** @param entry what recording.json says of the file. */
  async output(
    path: string,
    entry: { readonly file: string; readonly sha256: string },
    shape: readonly number[],
  ): Promise<Tensor> {
    const full = join(this.folder, path);
    if (entry.file !== path || entry.sha256 !== this.hashOf(path)) {
      throw new BadDataError(`cannot use ${full}: recording.json and SHA256SUMS do not agree on it; ${FIX}`);
    }
    const tensor = parseNpy(await this.#read(path), full);
    if (tensor.shape.join() !== shape.join()) {
      throw new BadDataError(
        `cannot use ${full}: it is [${tensor.shape.join(', ')}], and an output of the plan [${shape.join(', ')}]; ${FIX}`,
      );
    }
    const at = tensor.data.findIndex((value) => !Number.isFinite(value));
    if (at >= 0) {
      throw new BadDataError(
        `cannot use ${full}: it holds ${tensor.data[at]} at flat index ${at}; record again`,
      );
    }
    return float32Tensor(tensor.data, tensor.shape, 'NAC');
  }

  async #read(path: string): Promise<Buffer> {
    const full = join(this.folder, path);
    const content = await readFile(full).catch((cause: NodeJS.ErrnoException) => {
      throw new BadDataError(`cannot read ${full} (${cause.code}); ${FIX}`, { cause });
    });
    if (sha256(content) !== this.hashOf(path)) {
      throw new BadDataError(
        `cannot use ${full}: it is not the file that ${join(this.folder, 'SHA256SUMS')} lists; ${FIX}`,
      );
    }
    return content;
  }
}
