import { readdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { AGENT, python } from '../../support/python.ts';
import { randomPixels } from '../../support/random-graph.ts';
import { runPythonFile, WITH_STAND_IN } from '../../support/run-agent.ts';
import { type AgentResult, spawnPython } from '../../support/spawn-agent.ts';
import { suiteFolder } from '../../support/suite-folder.ts';
import { writeInput } from '../../support/write-input.ts';

const script = (name: string): string => fileURLToPath(new URL(`support/${name}.py`, import.meta.url));

describe.skipIf(!python)('commands of the agent that are interrupted, on the stand-in of the card', () => {
  const folder = suiteFolder();
  const file = (name: string): string => join(folder, name);

  beforeAll(async () => {
    const args = [file('int16.pt'), 'int16', '64', '0', '0'];
    expect(await runPythonFile(script('make_checkpoint'), args)).toMatchObject({ exitCode: 0 });
    await writeInput(file('in.npy'), randomPixels([200, 3, 64, 64], 7));
  });

  const COMMANDS = {
    online: () => ['--quantized', file('int16.pt'), '--images', file('in.npy'), '--out', 'outputs'],
    'export-offline': () => ['--quantized', file('int16.pt'), '--out', 'model.cambricon'],
    quantize: () => ['--weights', file('int16.pt'), '--images', file('in.npy'), '--out', 'quantized.pt'],
  };

  /** Sends the signal once a call has begun that takes so long, in a folder of the command's own. */
  async function interrupt(
    command: keyof typeof COMMANDS,
    callSeconds: number,
    signal: NodeJS.Signals,
  ): Promise<AgentResult & { seconds: number; left: string[] }> {
    const own = file(`${command} ${callSeconds} ${signal}`);
    await mkdir(own);
    const args = COMMANDS[command]().map((word) =>
      /^(outputs|model|quantized)/.test(word) ? join(own, word) : word,
    );
    const { child, result } = spawnPython(
      [script('slow_calls'), String(callSeconds), command, ...args, '--size', '64'],
      { PYTHONPATH: `${AGENT}:${WITH_STAND_IN.PYTHONPATH}` },
    );
    await new Promise<void>((resolve, reject) => {
      child.stderr!.on('data', (text: string) => text.includes('slow call') && resolve());
      child.on('exit', () => reject(new Error(`${command} ended before it was interrupted`)));
    });
    const begun = performance.now();
    child.kill(signal);
    const ended = await result;
    const left = readdirSync(own, { recursive: true, encoding: 'utf8' });
    return { ...ended, seconds: (performance.now() - begun) / 1000, left };
  }

  test.each([
    ['online', 'SIGINT', 'the card', ['outputs']],
    ['export-offline', 'SIGTERM', 'torch_mlu', []],
    ['quantize', 'SIGHUP', 'torch_mlu', []],
  ] as const)(
    '%s in a call that hangs: %s ends it with 130, and nothing half done is left',
    async (command, signal, what, left) => {
      const ended = await interrupt(command, 60, signal);
      expect(ended.exitCode).toBe(130);
      expect(ended.stderr).toContain(`agent: interrupted while ${what} did not answer`);
      expect(ended.left).toEqual(left);
      expect(ended.seconds).toBeLessThan(15);
    },
  );

  test.each(['online', 'quantize'] as const)('%s between two images ends by itself', async (command) => {
    const { exitCode, stderr } = await interrupt(command, 0.001, 'SIGINT');
    expect(exitCode).toBe(130);
    expect(stderr).toMatch(/agent: interrupted\n$/);
  });
});
