import { execFile } from 'node:child_process';
import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { RunRecord } from '../../reports/record/index.ts';
import { dependencyVersion, packageVersion } from '../package-info.ts';

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

/** Commit of the checkout this code runs from; null for an installed package, which has its version. */
async function ownCommit(): Promise<string | null> {
  const here = dirname(fileURLToPath(import.meta.url));
  if (here.includes('node_modules')) return null;
  try {
    const { stdout } = await promisify(execFile)('git', ['rev-parse', 'HEAD'], { cwd: here });
    return stdout.trim();
  } catch {
    return null;
  }
}
