import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatChecksums } from '../../../datasets/checksum-list.ts';
import { sha256 } from '../../../datasets/sha256.ts';
import { captureCli } from '../../support/capture-cli.ts';
import { makeCocoFolder } from '../../support/make-coco-folder.ts';
import { type SpawnedAgent, spawnPython } from '../../support/spawn-agent.ts';
import { writeQuantizedRandom } from '../../support/write-quantized.ts';

export const WEIGHTS = 'random:yolox-nano?seed=1';
export const SIZE = 64;

/** COCO pictures in `coco/` and a quantised checkpoint `quantized.pt` of the weights above. */
export async function furnish(dir: string, images: number): Promise<void> {
  await makeCocoFolder(join(dir, 'coco'), images);
  await writeQuantizedRandom(join(dir, 'quantized.pt'), 'nano', 1);
}

/** The arguments of a plan of all that `furnish` made. */
export function planArguments(dir: string, out: string, ...more: string[]): string[] {
  return [
    ...['record', 'plan', '--weights', WEIGHTS, '--size', String(SIZE), '--dataset', join(dir, 'coco')],
    ...['--quantized', join(dir, 'quantized.pt'), '--out', out, '--quiet', ...more],
  ];
}

/** Writes a plan into `DIR/NAME`, and returns its path. */
export async function makePlan(dir: string, name: string, ...more: string[]): Promise<string> {
  const { exitCode, stderr } = await captureCli(...planArguments(dir, join(dir, name), ...more));
  if (exitCode !== 0) throw new Error(`no plan: ${stderr}`);
  return join(dir, name);
}

/** What the sessions of `fake_recording_agent.py` are like. */
export type Fake = Readonly<Record<string, unknown>>;

/** `agent record PLAN --out OUT` with sessions that stand for a network; the agent is the plan's own copy. */
export function startAgent(plan: string, out: string, fake: Fake = {}, ...more: string[]): SpawnedAgent {
  const script = fileURLToPath(new URL('fake_recording_agent.py', import.meta.url));
  return spawnPython([script, join(plan, 'agent'), 'record', plan, '--out', out, ...more], {
    FAKE: JSON.stringify(fake),
  });
}

/** The same to its end, which must be 0. */
export async function recordPlan(
  plan: string,
  out: string,
  fake: Fake = {},
  ...more: string[]
): Promise<void> {
  const { exitCode, stderr } = await startAgent(plan, out, fake, ...more).result;
  if (exitCode !== 0) throw new Error(`agent record ended with ${exitCode}: ${stderr}`);
}

/** Writes a file of a listed folder anew, and its hash into SHA256SUMS: what who forges a recording would do. */
export function rewriteListed(folder: string, path: string, content: string | Uint8Array): void {
  writeFileSync(join(folder, path), content);
  const list = join(folder, 'SHA256SUMS');
  const lines = readFileSync(list, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({ sha256: line.slice(0, 64), path: line.slice(66) }));
  writeFileSync(
    list,
    formatChecksums(lines.map((file) => (file.path === path ? { path, sha256: sha256(content) } : file))),
  );
}

/** biome-ignore lint/suspicious/noExplicitAny: JSON that a test spoils on purpose. */
export type Json = any;

export function readJson(folder: string, path: string): Json {
  return JSON.parse(readFileSync(join(folder, path), 'utf8'));
}
