import { join } from 'node:path';
import { hashFile } from '../../datasets/hash-file.ts';
import type { RunConfig } from '../config/run-config.ts';
import { BadDataError, messageOf } from '../errors.ts';
import { type InputHashes, JOURNAL_VERSION, type RunEntry } from './journal-entries.ts';
import type { RunInputs } from './open-inputs.ts';
import type { RunOptions } from './run-options.ts';

export interface RunStart {
  readonly startedAt: Date;
  /** As the user gave them; null where they were resolved elsewhere. */
  readonly config: RunConfig | null;
  readonly environment: RunEntry['environment'];
}

/** What a run is of, for its journal. */
export async function runEntry(inputs: RunInputs, options: RunOptions, start: RunStart): Promise<RunEntry> {
  return {
    ...{ kind: 'run', version: JOURNAL_VERSION, startedAt: start.startedAt.toISOString() },
    workingFolder: process.cwd(),
    ...{ config: start.config, options, size: inputs.size, environment: start.environment },
    inputs: await inputHashes(inputs, options),
  };
}

async function inputHashes(
  { model, dataset, selectedIds, prepared }: RunInputs,
  options: RunOptions,
): Promise<InputHashes> {
  return {
    ...{ weights: model.sha256, annotations: dataset.sha256, imageIds: selectedIds },
    files: await fileHashes(options),
    scales: Object.fromEntries(
      prepared.flatMap(({ factory, scalesSha256 }) => (scalesSha256 ? [[factory.name, scalesSha256]] : [])),
    ),
  };
}

async function fileHashes({ quantization, devices, tuning }: RunOptions): Promise<Record<string, string>> {
  const files: [string, string][] = Object.entries(quantization.checkpoints).map(([name, path]) => [
    `the quantised checkpoint of ${name}`,
    path,
  ]);
  for (const [name, device] of Object.entries(devices)) {
    if (device.kind === 'bundle')
      files.push([`the recording of ${name}`, join(device.folder, 'recording.json')]);
    if (device.kind === 'agent')
      files.push(...device.models.map((path, i): [string, string] => [`offline model ${i + 1}`, path]));
  }
  if (tuning !== null) files.push(['the tuning', tuning]);
  const hashes: Record<string, string> = {};
  for (const [what, path] of files) {
    hashes[what] = await hashFile(path).then(
      ({ sha256 }) => sha256,
      (cause: unknown) => {
        throw new BadDataError(`cannot read ${what}: ${messageOf(cause)}`, { cause });
      },
    );
  }
  return hashes;
}

/**
 * The first thing in which two runs are not of the same, in words; null where their figures belong together.
 * @param was,is the same inputs and versions; options are held against each other elsewhere.
 */
export function differenceOf(was: RunEntry, is: RunEntry): string | null {
  const [before, now] = [factsOf(was), factsOf(is)];
  for (const what of new Set([...Object.keys(before), ...Object.keys(now)])) {
    if (before[what] === now[what]) continue;
    return `${what} ${before[what] ?? 'absent'} and ${now[what] ?? 'absent'}`;
  }
  return null;
}

function factsOf({ environment, size, inputs }: RunEntry): Record<string, string> {
  const short = (hash: string): string => `${hash.slice(0, 12)}…`;
  const named = (of: string, hashes: Readonly<Record<string, string>>): [string, string][] =>
    Object.entries(hashes).map(([name, hash]) => [`${of}${name}`, short(hash)]);
  return {
    'mlu-parity': environment.version,
    'the commit of mlu-parity': environment.commit ?? 'unknown',
    ...Object.fromEntries(Object.entries(environment.packages)),
    'the weights': short(inputs.weights),
    'the annotation file': short(inputs.annotations),
    'the selected images': inputs.imageIds.join(','),
    'the input size': `${size.height}x${size.width}`,
    ...Object.fromEntries(named('', inputs.files)),
    ...Object.fromEntries(named('the scales of ', inputs.scales)),
  };
}
