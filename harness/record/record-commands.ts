import { basename, resolve } from 'node:path';
import { shellWord } from '../terminal/shell-word.ts';
import type { RecordingPlan } from './recording-plan.ts';

/**
 * What is typed to make use of a plan, wherever it was copied to.
 * @param out folder of the plan.
 */
export function recordCommands(
  out: string,
  { backends }: Pick<RecordingPlan, 'backends'>,
): { readonly record: string; readonly recording: string; readonly replay: string } {
  // A copy has its name, and not the folders above it.
  const name = basename(resolve(out));
  const recording = `${name}-recording`;
  const bundles = backends.map((backend) => `--${backend.name} ${shellWord(`bundle:${recording}`)}`);
  return {
    record: `python3 ${shellWord(`${name}/agent`)} record ${shellWord(name)} --out ${shellWord(recording)}`,
    recording,
    replay: `mlu-parity run … ${bundles.join(' ')}`,
  };
}
