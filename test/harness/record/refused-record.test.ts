import { appendFileSync, cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { python } from '../../support/python.ts';
import { suiteFolder } from '../../support/suite-folder.ts';
import { furnish, makePlan, recordPlan, startAgent } from './recording-folder.ts';

describe.skipIf(python === null)('agent record refuses', () => {
  const dir = suiteFolder();
  const at = (name: string): string => join(dir, name);
  let plan: string;
  beforeAll(async () => {
    await furnish(dir, 3);
    plan = await makePlan(dir, 'plan', '--cores', '4,1', '--latency-requests', '9');
  });

  test.each<[string, (folder: string) => void, string[], number, string]>([
    ['a changed input', (folder) => appendFileSync(join(folder, 'inputs/2.npy'), 'x'), [], 3, 'inputs/2.npy'],
    ['a missing file', (folder) => rmSync(join(folder, 'files/quantized.pt')), [], 3, 'files/quantized.pt'],
    ['no list', (folder) => rmSync(join(folder, 'SHA256SUMS')), [], 3, 'SHA256SUMS'],
    [
      'a list that leads out of the folder',
      (folder) => appendFileSync(join(folder, 'SHA256SUMS'), `${'0'.repeat(64)}  ../x\n`),
      [],
      3,
      'is no line of a hash and a file',
    ],
    ['no such backend', () => {}, ['--only', 'mlu-offline'], 2, '--only mlu-offline'],
  ])('%s', async (name, harm, more, exitCode, sentence) => {
    const folder = at(`harmed plan ${name}`);
    if (more.length === 0) cpSync(plan, folder, { recursive: true });
    else await makePlan(dir, `harmed plan ${name}`, '--backends', 'mlu-online');
    harm(folder);
    const { exitCode: code, stderr } = await startAgent(folder, at(`out ${name}`), {}, ...more).result;
    expect(code).toBe(exitCode);
    expect(stderr).toContain(sentence);
    expect(existsSync(at(`out ${name}`))).toBe(false);
  });

  test('the folder of the plan itself, whose checksums it would write over', async () => {
    for (const out of [plan, join(plan, 'recording')]) {
      const { exitCode, stderr } = await startAgent(plan, out).result;
      expect({ exitCode, stderr }).toEqual({
        exitCode: 2,
        stderr: expect.stringContaining('give a folder outside of it'),
      });
    }
  });

  test('a folder of another plan, or with something else in it', async () => {
    const other = await makePlan(dir, 'other', '--images', '1', '--latency-requests', '9');
    await recordPlan(plan, at('begun'));
    const begun = await startAgent(other, at('begun')).result;
    expect(begun).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('begun with another plan') });
    mkdirSync(at('used'));
    writeFileSync(at('used/notes.txt'), '');
    const used = await startAgent(plan, at('used')).result;
    expect(used).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('it holds something else') });
  });

  test.each(['journal.jsonl', 'recording.json'])('a folder that does not take its %s', async (file) => {
    const out = at(`no ${file}`);
    await recordPlan(plan, out, {}, '--only', 'mlu-online');
    rmSync(join(out, file));
    mkdirSync(join(out, file));
    const { exitCode, stderr } = await startAgent(plan, out).result;
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringMatching(/agent: cannot record into .*Is a directory/),
    ]);
    expect(stderr).not.toContain('Traceback');
  });

  test('the second of two at once in one folder', async () => {
    const first = startAgent(plan, at('twice'), { seconds: 0.2 });
    while (!existsSync(at('twice/mlu-online'))) await wait(5);
    const second = await startAgent(plan, at('twice')).result;
    first.child.kill('SIGKILL');
    await first.result;
    expect(second).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('another recording is writing'),
    });
  });
});
