import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { readRecording } from '../../../harness/record/read-recording.ts';
import { createRandom } from '../../../reference/random.ts';
import { python } from '../../support/python.ts';
import { suiteFolder } from '../../support/suite-folder.ts';
import { furnish, type Json, makePlan, readJson, recordPlan, startAgent } from './recording-folder.ts';

const IMAGES = 12;

describe.skipIf(python === null)('agent record', () => {
  const dir = suiteFolder();
  const at = (name: string): string => join(dir, name);
  let plan: string;
  beforeAll(async () => {
    await furnish(dir, IMAGES);
    plan = await makePlan(dir, 'plan', '--cores', '4,1', '--latency-requests', '9');
    await recordPlan(plan, at('whole'));
  });

  /** What a recording says, without its times of day and the hashes of models, which have the time in them. */
  function essence(folder: string): Json {
    const { startedAt: _, finishedAt: __, ...recording } = readJson(folder, 'recording.json');
    return JSON.parse(JSON.stringify(recording), (key, value) =>
      key === 'model' && value !== null ? { ...value, sha256: '' } : value,
    );
  }

  test('outputs, times and sessions are there, listed, and read back', async () => {
    execFileSync('sha256sum', ['--quiet', '-c', 'SHA256SUMS'], { cwd: at('whole') });
    expect(readFileSync(at('whole/plan.json'))).toEqual(readFileSync(join(plan, 'plan.json')));
    for (const name of ['mlu-online', 'mlu-offline'] as const) {
      const { images, latency, description } = await readRecording(at('whole'), name);
      expect(images).toHaveLength(IMAGES);
      expect(description).toMatchObject({ coreNumber: 4, standIn: null });
      expect(latency.map(({ coreNumber, hostMs }) => [coreNumber, hostMs.length])).toEqual([
        [4, 9],
        [1, 9],
      ]);
      expect(latency[0]!.deviceMs === null).toBe(name === 'mlu-online');
      expect((await images[0]!.output()).shape).toEqual([1, 84, 85]);
    }
  });

  test('killed at ten random moments and gone on with, it is as one that was never stopped', async () => {
    const random = createRandom(7);
    const slow = { seconds: 0.02 };
    const kills: string[] = [];
    const lengths = new Set<number>();
    for (let round = 0; round < 10; round++) {
      const { child, result } = startAgent(plan, at('killed'), slow);
      // Into the work, and not into Python's start, which takes as long again.
      const journal = at('killed/journal.jsonl');
      const before = existsSync(journal) ? statSync(journal).size : 0;
      const deadline = Date.now() + 20_000;
      while (!(existsSync(journal) && statSync(journal).size > before) && Date.now() < deadline) {
        if (child.exitCode !== null) break;
        await wait(2);
      }
      await wait(random.integer(110));
      child.kill('SIGKILL');
      kills.push((await result).signal ?? 'ended');
      lengths.add(statSync(journal).size);
    }
    expect(kills.filter((kill) => kill === 'SIGKILL').length).toBeGreaterThan(5);
    expect(lengths.size).toBeGreaterThan(4);
    await recordPlan(plan, at('killed'), slow);
    expect(essence(at('killed'))).toEqual(essence(at('whole')));
    for (const id of [1, IMAGES]) {
      const file = `mlu-offline/outputs/${id}.npy`;
      expect(readFileSync(join(at('killed'), file))).toEqual(readFileSync(join(at('whole'), file)));
    }
  });

  test('a half-written line is dropped, and an output that is not what the journal says is made again', async () => {
    cpSync(at('whole'), at('harmed'), { recursive: true });
    const journal = at('harmed/journal.jsonl');
    truncateSync(journal, statSync(journal).size - 20);
    appendFileSync(at('harmed/mlu-online/outputs/3.npy'), 'x');
    rmSync(at('harmed/mlu-offline/outputs/4.npy'));
    await recordPlan(plan, at('harmed'));
    expect(essence(at('harmed'))).toEqual(essence(at('whole')));
    for (const line of readFileSync(journal, 'utf8').trim().split('\n')) JSON.parse(line);
    execFileSync('sha256sum', ['--quiet', '-c', 'SHA256SUMS'], { cwd: at('harmed') });
  });

  test.each<[string, (line: Json) => boolean, (line: string) => string]>([
    ['the first', ({ type }) => type === 'started', () => 'no JSON'],
    ['one of a session', ({ type }) => type === 'session', () => '{"type":"session"}'],
    ['one of an image', ({ type }) => type === 'image', (line) => line.replace('"id": ', '"no": ')],
    ['one of a model', ({ type }) => type === 'model', () => '[]'],
    ['one of times', ({ type }) => type === 'latency', () => '{"type":"a later one"}'],
  ])(
    'a journal in which %s is damaged is told, and what stood on it made again',
    async (name, fits, harm) => {
      cpSync(at('whole'), at(name), { recursive: true });
      const journal = join(at(name), 'journal.jsonl');
      const lines = readFileSync(journal, 'utf8').trimEnd().split('\n');
      const damaged = lines.findIndex((line) => fits(JSON.parse(line)));
      lines[damaged] = harm(lines[damaged]!);
      writeFileSync(journal, `${lines.join('\n')}\n`);
      const { exitCode, stderr } = await startAgent(plan, at(name)).result;
      expect({ exitCode, stderr }).toEqual({
        exitCode: 0,
        stderr: expect.stringContaining(`is damaged at line ${damaged + 1} of ${lines.length}: `),
      });
      expect(essence(at(name))).toEqual(essence(at('whole')));
      expect(readFileSync(journal, 'utf8').split('\n').slice(0, damaged)).toEqual(lines.slice(0, damaged));
      for (const line of readFileSync(journal, 'utf8').trim().split('\n')) JSON.parse(line);
    },
  );

  test('models are exported once, and what a model gave that is gone is made again', async () => {
    const exportLog = at('exports');
    const again = { exportLog };
    await recordPlan(plan, at('models'), again);
    await recordPlan(plan, at('models'), again);
    expect(readFileSync(exportLog, 'utf8')).toBe('4\n1\n');
    writeFileSync(at('models/mlu-offline/models/4.cambricon'), 'parallelism 4 another');
    const lines = (): string[] =>
      readFileSync(at('models/journal.jsonl'), 'utf8')
        .split('\n')
        .filter((line) => line.includes('"image"'));
    const before = lines().length;
    await recordPlan(plan, at('models'), again);
    expect(readFileSync(exportLog, 'utf8')).toBe('4\n1\n4\n');
    expect(lines().length - before).toBe(IMAGES);
  });

  test('one backend that fails costs the other nothing, and is made up for later', async () => {
    const { exitCode: code, stderr } = await startAgent(plan, at('failing'), { failOn: 'online' }).result;
    expect(code).toBe(5);
    expect(stderr).toContain('mlu-online at core number 4: the card is busy');
    expect(readJson(at('failing'), 'recording.json').backends).toMatchObject([
      { name: 'mlu-online', complete: false, images: [], failures: [expect.stringContaining('busy')] },
      { name: 'mlu-offline', complete: true, failures: [] },
    ]);
    await readRecording(at('failing'), 'mlu-offline');
    await expect(readRecording(at('failing'), 'mlu-online')).rejects.toThrow(/is not finished \(.*busy\)/);
    await recordPlan(plan, at('failing'));
    expect(essence(at('failing'))).toEqual(essence(at('whole')));
  });

  test('a card that hangs is left after --timeout, with 5, and the recording is gone on with', async () => {
    const begun = performance.now();
    const { exitCode: code, stderr } = await startAgent(plan, at('hung'), { hangAt: 3 }, '--timeout', '1')
      .result;
    expect(code).toBe(5);
    expect(stderr).toMatch(/agent: the card did not answer for 1 s: --timeout gives it longer\n$/);
    expect((performance.now() - begun) / 1000).toBeLessThan(30);
    expect(readdirSync(at('hung/mlu-online/outputs'))).toHaveLength(2);
    await recordPlan(plan, at('hung'), {}, '--timeout', '60');
    expect(essence(at('hung'))).toEqual(essence(at('whole')));
    for (const limit of ['0', '-1', 'nan', 'soon', '1e9']) {
      const refused = await startAgent(plan, at('hung'), {}, `--timeout=${limit}`).result;
      expect(refused).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining(`cannot use '${limit}'`),
      });
    }
  });

  test('a core number that fails leaves outputs and the other times', async () => {
    const { exitCode: code } = await startAgent(plan, at('core'), { failCore: 1 }).result;
    expect(code).toBe(5);
    const { latency, failures } = await readRecording(at('core'), 'mlu-online');
    expect(latency.map(({ coreNumber }) => coreNumber)).toEqual([4]);
    expect(failures).toEqual(['mlu-online at core number 1: the card is busy']);
  });

  test('NaN is a failure of the backend, and never recorded', async () => {
    const { exitCode: code, stderr } = await startAgent(plan, at('nan'), { nan: 'offline' }).result;
    expect(code).toBe(5);
    expect(stderr).toContain('inputs/1.npy holds NaN or infinity');
    expect(existsSync(at('nan/mlu-offline/outputs/1.npy'))).toBe(false);
  });

  test('--only records one backend, and the other one can follow', async () => {
    await recordPlan(plan, at('only'), {}, '--only', 'mlu-offline');
    expect(readJson(at('only'), 'recording.json').backends.map(({ name }: Json) => name)).toEqual([
      'mlu-offline',
    ]);
    await recordPlan(plan, at('only'), {}, '--only', 'mlu-online', '--json');
    expect(essence(at('only'))).toEqual(essence(at('whole')));
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('%s ends it with 130, and it goes on', async (signal) => {
    const { child, result } = startAgent(plan, at(signal), { seconds: 0.05 });
    const output = at(`${signal}/mlu-online/outputs/1.npy`);
    while (!existsSync(output) && child.exitCode === null) await wait(5);
    child.kill(signal);
    expect(await result).toMatchObject({
      exitCode: 130,
      stderr: expect.stringContaining('agent: interrupted'),
    });
    expect(existsSync(at(`${signal}/recording.json`))).toBe(false);
    await recordPlan(plan, at(signal));
    expect(essence(at(signal))).toEqual(essence(at('whole')));
  });

  test.each(['SIGINT', 'SIGHUP'] as const)(
    '%s while it measures ends it between two inferences',
    async (signal) => {
      const out = at(`timing ${signal}`);
      const many = await makePlan(
        dir,
        `timing plan ${signal}`,
        '--cores',
        '4',
        '--latency-requests',
        '100000',
      );
      const { child, result } = startAgent(many, out, { timing: true, seconds: 0.01 });
      let told = '';
      child.stderr!.on('data', (text: string) => (told += text));
      while (!told.includes('times at core number 4') && child.exitCode === null) await wait(5);
      await wait(100);
      const begun = performance.now();
      child.kill(signal);
      const { exitCode, stderr } = await result;
      expect([exitCode, stderr]).toEqual([130, expect.stringMatching(/agent: interrupted\n$/)]);
      expect(performance.now() - begun).toBeLessThan(2000);
    },
  );

  test('what sessions and exports warn of is told and kept, once for each', async () => {
    const warn = (...warnings: string[]) => ({ warnings });
    await startAgent(plan, at('warned'), { ...warn('of one session'), failCore: 1 }).result;
    const { stderr } = await startAgent(plan, at('warned'), warn('of one session', 'of another')).result;
    expect(stderr).toContain('warning: mlu-online at core number 1: of another');
    const [online, offline] = readJson(at('warned'), 'recording.json').backends;
    expect([online.warnings, offline.warnings]).toEqual([[], ['a fake export']]);
    for (const { description, latency } of [online, offline]) {
      expect(description.warnings).toEqual(['of one session']);
      expect(latency.map((point: Json) => [point.coreNumber, point.description.warnings])).toEqual([
        [4, ['of one session']],
        [1, ['of one session', 'of another']],
      ]);
    }
    // A session that is opened again may warn of more.
    rmSync(at('warned/mlu-online/outputs/2.npy'));
    await recordPlan(plan, at('warned'), warn('of a third'));
    expect(readJson(at('warned'), 'recording.json').backends[0].description.warnings).toEqual([
      'of one session',
      'of a third',
    ]);
  });

  test('another session in the same folder is refused: a stand-in never fills up what a card began', async () => {
    cpSync(at('whole'), at('mixed'), { recursive: true });
    rmSync(at('mixed/mlu-online/outputs/2.npy'));
    const { exitCode: code, stderr } = await startAgent(plan, at('mixed'), { standIn: 'a stand-in' }).result;
    expect(code).toBe(5);
    expect(stderr).toContain('standIn was None and is ');
    expect(existsSync(at('mixed/mlu-online/outputs/2.npy'))).toBe(false);
  });
});
