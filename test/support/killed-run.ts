import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { JOURNAL } from '../../harness/store/run-journal.ts';
import { type SpawnedCli, spawnCli } from './spawn-cli.ts';

/** Starts a run, or goes on with it where its folder says what it is of. */
export function startOrResume(args: readonly string[], out: string, cwd?: string): SpawnedCli {
  const begun = existsSync(join(out, JOURNAL)) || existsSync(join(out, 'run.json'));
  return spawnCli(begun ? ['run', '--resume', out, '--quiet'] : [...args, '--out', out, '--quiet'], cwd);
}

/** Kills a process as the system does, `milliseconds` from now; whether it was still there. */
export async function killAfter({ child, result }: SpawnedCli, milliseconds: number): Promise<boolean> {
  const timer = setTimeout(() => child.kill('SIGKILL'), milliseconds);
  const killed = await result.then(
    () => false,
    () => true,
  );
  clearTimeout(timer);
  return killed;
}
