import { execFile } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os';
import { promisify } from 'node:util';
import type { RunRecord } from '../../reports/record/index.ts';
import { dependencyVersion, packageRoot, packageVersion } from '../package-info.ts';

const PACKAGES = [
  'onnxruntime-node',
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-backend-wasm',
  '@tensorflow/tfjs-node',
  'sharp',
] as const;

/** What the figures of a run depend on besides its inputs: machine and versions. No host or user name. */
export async function describeEnvironment(): Promise<RunRecord['environment']> {
  const packages: Record<string, string> = {};
  for (const name of PACKAGES) {
    const version = dependencyVersion(name);
    if (version !== null) packages[name] = version;
  }
  return {
    version: packageVersion(),
    commit: await ownCommit(),
    node: process.version,
    platform: `${platform()} ${release()} ${arch()}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round((totalmem() / 2 ** 30) * 10) / 10,
    packages,
  };
}

/**
 * Commit of the checkout this code runs from, with `-dirty` where tracked files differ from it. Null for an installed
 * package, which has its version, and inside a checkout of something else, whose commit says nothing of this code.
 */
export async function ownCommit(root: string = packageRoot()): Promise<string | null> {
  const git = async (...args: string[]): Promise<string> =>
    (await promisify(execFile)('git', args, { cwd: root })).stdout.trim();
  try {
    const top = await git('rev-parse', '--show-toplevel');
    if ((await realpath(top)) !== (await realpath(root))) return null;
    const commit = await git('rev-parse', 'HEAD');
    const changes = await git('status', '--porcelain', '--untracked-files=no');
    return changes === '' ? commit : `${commit}-dirty`;
  } catch {
    return null;
  }
}
