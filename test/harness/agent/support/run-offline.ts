import { join } from 'node:path';
import { readCnrtTrace } from '../../../support/cnrt-trace.ts';
import { compileCnrt } from '../../../support/compile-cnrt.ts';
import { spawnAgent } from '../../../support/spawn-agent.ts';
import { type StandInModel, writeStandInModel } from '../../../support/stand-in-model.ts';

let number = 0;

/** The agent's `offline` on such a model and the stand-in libcnrt: how it ended, where its outputs are, and its calls. */
export async function runOffline(
  folder: string,
  inputs: string,
  model: StandInModel,
  args: readonly string[] = [],
  environment: Readonly<Record<string, string | undefined>> = {},
) {
  const own = join(folder, `run-${number++}`);
  const out = `${own}-out`;
  const path = writeStandInModel(`${own}.cambricon`, model);
  const { exitCode, stdout, stderr } = await spawnAgent(
    ['offline', '--model', path, '--images', inputs, '--out', out, '--json', ...args],
    { CNRT_LIBRARY: compileCnrt(), MLU_STAND_IN_TRACE: `${own}.trace`, ...environment },
  ).result;
  return { exitCode, stdout, stderr, out, trace: readCnrtTrace(`${own}.trace`) };
}
