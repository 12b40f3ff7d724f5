import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { formatChecksums, type ListedFile } from '../../datasets/checksum-list.ts';
import { hashFile } from '../../datasets/hash-file.ts';
import { makeFolder } from '../../datasets/make-folder.ts';
import { sha256 } from '../../datasets/sha256.ts';
import { exportedFiles } from '../device/exported-files.ts';
import { npyFromTensor } from '../device/npy-payload.ts';
import { UsageError } from '../errors.ts';
import { prepareImages } from '../model/prepare-images.ts';
import { packageVersion } from '../package-info.ts';
import type { RunTools } from '../run/run-tools.ts';
import { refuseUsedFolder } from '../store/run-folder.ts';
import { hashPixels } from './hash-pixels.ts';
import { openPlanInputs, type PlanInputs } from './open-plan-inputs.ts';
import type { PlanOptions } from './plan-options.ts';
import { recordCommands } from './record-commands.ts';
import { DECODE_FORMS, type PlannedBackend, type RecordingPlan } from './recording-plan.ts';

export interface WrittenPlan {
  readonly plan: RecordingPlan;
  readonly folder: string;
  readonly files: number;
  readonly bytes: number;
}

/** Bound on the times of one core number: beyond it no request is begun. */
const LATENCY_SECONDS = 60;

/**
 * Writes a folder that holds all that a device's host needs: inputs, checkpoint, offline models, the agent. It is filled under
 * another name and renamed, so that there is the whole of it or nothing.
 * @throws ParityError or DatasetError for inputs that cannot be used, and AbortError once the signal is given.
 */
export async function writePlan(
  options: PlanOptions,
  tools: Pick<RunTools, 'progress' | 'signal'>,
): Promise<WrittenPlan> {
  await refuseUsedFolder(options.out);
  const inputs = await openPlanInputs(options, tools);
  tools.signal.throwIfAborted();
  const folder = resolve(options.out);
  const filled = join(dirname(folder), `.${basename(folder)}.${randomUUID()}.part`);
  try {
    await makeFolder(filled);
  } catch (cause) {
    throw new UsageError(
      `cannot make the folder ${options.out} (${(cause as NodeJS.ErrnoException).code}): give --out a place that can be written to`,
      { cause },
    );
  }
  try {
    const content = new PlanFolder(filled);
    const plan = await fill(content, inputs, options, tools);
    await content.end();
    tools.signal.throwIfAborted();
    await rename(filled, folder);
    return { plan, folder: options.out, files: content.listed.length + 1, bytes: content.bytes };
  } catch (error) {
    await rm(filled, { recursive: true, force: true });
    throw error;
  }
}

/** A folder being filled, and the list of what is in it. */
class PlanFolder {
  readonly listed: ListedFile[] = [];
  bytes = 0;
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  async write(path: string, content: Uint8Array | string): Promise<string> {
    await mkdir(dirname(join(this.#path, path)), { recursive: true });
    await writeFile(join(this.#path, path), content);
    return this.#list(path, sha256(content), Buffer.byteLength(content));
  }

  async copy(from: string, path: string): Promise<string> {
    const to = join(this.#path, path);
    await mkdir(dirname(to), { recursive: true });
    await copyFile(from, to);
    const copied = await hashFile(to);
    return this.#list(path, copied.sha256, copied.bytes);
  }

  async end(): Promise<void> {
    const list = formatChecksums([...this.listed].sort((a, b) => (a.path < b.path ? -1 : 1)));
    await writeFile(join(this.#path, 'SHA256SUMS'), list);
    this.bytes += list.length;
  }

  #list(path: string, hash: string, bytes: number): string {
    this.listed.push({ path, sha256: hash });
    this.bytes += bytes;
    return hash;
  }
}

async function fill(
  folder: PlanFolder,
  inputs: PlanInputs,
  options: PlanOptions,
  tools: Pick<RunTools, 'progress' | 'signal'>,
): Promise<RecordingPlan> {
  const { model, size, dataset, cores } = inputs;
  const { file, sha256: weightsSha256, variant } = model;
  const plan: RecordingPlan = {
    schema: 'mlu-parity/plan',
    version: 1,
    writtenBy: `mlu-parity ${packageVersion()}`,
    weights: { file, sha256: weightsSha256, variant: variant.name },
    classes: variant.classes,
    dataset: dataset.name,
    size: [size.height, size.width],
    legacy: options.legacy,
    batch: 1,
    coreVersion: options.coreVersion,
    cores: [...cores],
    latency: { requests: options.latencyRequests, seconds: LATENCY_SECONDS },
    backends: await writeBackends(folder, inputs, options),
    images: await writeInputs(folder, inputs, options, tools),
  };
  await folder.write('plan.json', `${JSON.stringify(plan, null, 1)}\n`);
  for (const { name, path } of await exportedFiles()) await folder.copy(path, `agent/${name}`);
  await folder.write('README.txt', readmeOf(options.out, plan));
  return plan;
}

async function writeInputs(
  folder: PlanFolder,
  { dataset, size }: PlanInputs,
  { legacy }: PlanOptions,
  { progress, signal }: Pick<RunTools, 'progress' | 'signal'>,
): Promise<RecordingPlan['images']> {
  const images: RecordingPlan['images'] = [];
  progress.start('inputs written', dataset.samples.length);
  try {
    for await (const { source, pixels } of prepareImages(dataset.samples, { size, legacy })) {
      signal.throwIfAborted();
      const input = `inputs/${source.id}.npy`;
      const hash = await folder.write(input, npyFromTensor(pixels));
      images.push({
        ...{ id: source.id, fileName: source.fileName },
        ...{ input, sha256: hash, pixelsSha256: hashPixels(pixels) },
      });
      progress.advance();
    }
  } finally {
    progress.stop();
  }
  return images;
}

async function writeBackends(
  folder: PlanFolder,
  { models: given }: PlanInputs,
  { backends, quantized }: PlanOptions,
): Promise<PlannedBackend[]> {
  const copyOf = async (from: string, file: string) => ({
    ...{ file, sha256: await folder.copy(from, file), name: basename(from) },
  });
  const checkpoint = quantized === null ? null : await copyOf(quantized, 'files/quantized.pt');
  const models: PlannedBackend['models'] = {};
  for (const { path, twins, coreNumber } of given) {
    const file = `files/${coreNumber}.cambricon`;
    models[coreNumber] = await copyOf(path, file);
    if (twins !== null) await folder.copy(twins, `${file}_twins`);
  }
  return backends.map((name) => ({
    ...{ name, decode: DECODE_FORMS[name], checkpoint },
    models: name === 'mlu-offline' ? models : {},
  }));
}

function readmeOf(out: string, plan: RecordingPlan): string {
  const { record, recording, replay } = recordCommands(out, plan);
  return [
    `A plan of mlu-parity: what a card is to be given. Copy this folder to the card's host, beside the vendor's Python, and run there:`,
    record,
    `Copy ${recording} back, and run here: ${replay}`,
    '',
  ].join('\n');
}
