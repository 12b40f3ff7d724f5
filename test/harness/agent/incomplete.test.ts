import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AGENT, python } from '../../support/python.ts';
import { spawnPython } from '../../support/spawn-agent.ts';
import { suiteFolder } from '../../support/suite-folder.ts';

describe.skipIf(!python)(
  'the agent where something is missing says so in one sentence, with exit code 5',
  () => {
    const dir = suiteFolder();

    test('a file of its own', async () => {
      const agent = join(dir, 'agent');
      cpSync(AGENT, agent, { recursive: true });
      rmSync(join(agent, 'mlu_agent', 'float_session.py'));
      rmSync(join(agent, 'mlu_agent', 'images.py'));
      const { exitCode, stderr } = await spawnPython([agent, 'float', '--help']).result;
      expect({ exitCode, stderr }).toEqual({
        exitCode: 5,
        stderr: expect.stringMatching(
          /^agent: .*mlu_agent\.images.*: copy the agent's folder again, whole\n$/,
        ),
      });
    });

    test('numpy', async () => {
      writeFileSync(join(dir, 'numpy.py'), 'raise ImportError("No module named \'numpy\'")\n');
      const { exitCode, stderr } = await spawnPython([AGENT, 'float', '--help'], { PYTHONPATH: dir }).result;
      expect({ exitCode, stderr }).toEqual({
        exitCode: 5,
        stderr: "agent: No module named 'numpy': start the agent by the Python of the vendor's container\n",
      });
    });
  },
);
