import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { systemTimers } from '../../../datasets/fetch/timers.ts';
import { type AgentOptions, openDeviceSession, type SessionSpec } from '../../../harness/device/index.ts';
import { BackendError } from '../../../harness/errors.ts';
import { createRandom } from '../../../reference/random.ts';
import { float32Tensor } from '../../../reference/tensor.ts';
import { python } from '../../support/python.ts';
import { newFolder, pythonAgentWords } from './support/python-agent.ts';
import { lives, scriptedAgent } from './support/scripted-agent.ts';

const CORRUPT = fileURLToPath(new URL('support/corrupt.mjs', import.meta.url));
const checkpoint = join(mkdtempSync(join(tmpdir(), 'mlu-checkpoint-')), 'tiny.pth');
writeFileSync(checkpoint, 'weights');
const size = { height: 64, width: 64 };
const online: SessionSpec = {
  ...{ kind: 'online', checkpoint, size, batch: 1 },
  ...{ coreNumber: 4, coreVersion: 'MLU270' },
};
const batch = float32Tensor(new Float32Array(3 * 64 * 64).fill(20), [1, 3, 64, 64], 'NCHW');

/** The agent's own server; `before` and `after` stand in its stdin and stdout. */
function pythonAgent({
  before = '',
  after = '',
  options = {} as Partial<AgentOptions>,
  work = newFolder(),
} = {}): AgentOptions {
  const agent = pythonAgentWords(work)
    .map((word) => `'${word}'`)
    .join(' ');
  const words = [before, agent, after].filter((word) => word !== '');
  return {
    command: words.join(' | '),
    timeoutSeconds: 20,
    silenceSeconds: 10,
    helloSeconds: 20,
    signal: new AbortController().signal,
    ...options,
  };
}

const corrupt = (kind: string, place: number): string =>
  `'${process.execPath}' '${CORRUPT}' ${kind} ${place}`;

describe.skipIf(!python)('a session on the agent’s own server', () => {
  test('gets the files and options that its kind wants', async () => {
    const compiled = { size, batch: 2, coreNumber: 4, coreVersion: 'MLU270' };
    const specs: [SessionSpec, Record<string, unknown>, string][] = [
      [
        { kind: 'online', checkpoint, ...compiled },
        {
          size: [64, 64],
          batch: 2,
          core_number: 4,
          core_version: 'MLU270',
          input_format: 0,
          decode: 'concatenated',
          device: 0,
          yolox: null,
        },
        'checkpoint',
      ],
      [
        {
          kind: 'offline',
          model: { exportFrom: checkpoint },
          classes: 80,
          contexts: 3,
          ...compiled,
        },
        { size: [64, 64], batch: 2, classes: 80, contexts: 3, device: 0 },
        'model',
      ],
    ];
    const two = float32Tensor(new Float32Array(2 * 3 * 64 * 64).fill(20), [2, 3, 64, 64], 'NCHW');
    for (const [spec, wanted, file] of specs) {
      const told: string[] = [];
      const session = await openDeviceSession(
        pythonAgent({ options: { onProgress: ({ text }) => told.push(text) } }),
        spec,
      );
      const { options } = session.description.details as { options: Record<string, unknown> };
      const { [file]: path, ...rest } = options;
      expect(rest).toEqual(wanted);
      expect(readFileSync(String(path), 'utf8')).toBe(file === 'model' ? 'model of weights' : 'weights');
      expect(told).toContain('sending tiny.pth');
      const { output, hostMilliseconds, deviceMilliseconds } = await session.infer(two);
      expect([output.shape, output.data[0], output.data[1], hostMilliseconds, deviceMilliseconds]).toEqual([
        [2, 84, 85],
        20,
        Number.NaN,
        1.5,
        0.5,
      ]);
      expect(session.description.warnings).toEqual(file === 'model' ? ['made up'] : []);
      if (file === 'model') {
        expect(told).toContain('exporting for core number 4 of MLU270, batch 2');
        const measured = await session.measure(two, { requests: 2, seconds: 1, contexts: 3 });
        expect(measured.hostMs).toEqual([
          [1, 2],
          [1, 2],
          [1, 2],
        ]);
      }
      await session.close();
    }
  });

  test.each([
    [undefined, 3600],
    [25, 25],
  ])('with a bound of %s seconds on a request an export has %d', async (timeoutSeconds, seconds) => {
    const { timeoutSeconds: _, ...agent } = pythonAgent();
    const alarms: number[] = [];
    const alarm: typeof systemTimers.alarm = (milliseconds, ring) => {
      alarms.push(milliseconds);
      return systemTimers.alarm(milliseconds, ring);
    };
    const session = await openDeviceSession(
      { ...agent, timers: { alarm }, ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }) },
      {
        ...{ kind: 'offline', model: { exportFrom: checkpoint }, classes: 80 },
        ...{ size, batch: 1, coreNumber: 4, coreVersion: 'MLU270' },
      },
    );
    await session.close();
    // Each is waited for in ten steps; every other limit here is of 20 seconds at most.
    const limits = new Set(alarms.filter((milliseconds) => milliseconds > 2000));
    expect(limits).toEqual(new Set([(timeoutSeconds ?? 600) * 100, seconds * 100]));
  });

  test('a crash of the vendor’s library costs one restart, which finds its file there', async () => {
    const told: string[] = [];
    const session = await openDeviceSession(
      pythonAgent({ options: { onProgress: ({ text }) => told.push(text) } }),
      online,
    );
    const crash = float32Tensor(batch.data.slice().fill(4), batch.shape, 'NCHW');
    await expect(session.infer(crash)).rejects.toThrow(
      /cannot carry out inference 1: .*code 11.*started again.*code 11/,
    );
    expect((await session.infer(batch)).output.data[0]).toBe(20);
    expect(session.restarts).toHaveLength(1);
    expect(told).toEqual(['sending tiny.pth']);
    await session.close();
  });

  test('a slow link is no fault', async () => {
    const agent = pythonAgent({
      before: corrupt('slow', 500),
      after: corrupt('slow', 500),
      options: { silenceSeconds: 5 },
    });
    const session = await openDeviceSession(agent, online);
    expect((await session.infer(batch)).output.data[0]).toBe(20);
    expect(session.restarts).toEqual([]);
    await session.close();
  });

  test('damage of the connection in either direction ends in a sentence, within its limits', async () => {
    const random = createRandom(3);
    const sides = Array.from({ length: 12 }, (_, index) => ({
      side: index % 2 ? 'before' : 'after',
      kind: index % 4 < 2 ? 'flip' : 'cut',
    }));
    await Promise.all(
      [0, 1].map(async (worker) => {
        for (const { side, kind } of sides.filter((_, index) => index % 2 === worker)) {
          // Within the 12 kB of the input, or the 28 kB of the output and what comes before it.
          const bytes = random.integer(side === 'before' ? 12_000 : 20_000);
          const place = kind === 'flip' ? bytes * 8 + random.integer(8) : bytes;
          const agent = pythonAgent({
            [side]: corrupt(kind, place),
            options: { timeoutSeconds: 4, silenceSeconds: 4 },
          });
          const start = performance.now();
          const outcome = await (async () => {
            const session = await openDeviceSession(agent, online);
            return session.infer(batch).finally(() => session.close());
          })().catch((error: unknown) => error);
          // The same damage at the same place of the connection after it, so that there is no second chance.
          expect(outcome, `${side} ${kind} ${place}`).toBeInstanceOf(BackendError);
          expect(performance.now() - start).toBeLessThan(25_000);
        }
      }),
    );
  });
});

describe('damage of one connection alone', () => {
  test('is made good by the restart', async () => {
    const random = createRandom(5);
    for (let round = 0; round < 6; round++) {
      const place = 200 + random.integer(2500);
      const agent = scriptedAgent(round % 2 ? `cut:${place}` : `flip:${place * 8 + random.integer(8)}`);
      const session = await openDeviceSession(agent.options, online);
      expect((await session.infer(batch)).output.data[0]).toBe(20 * 3 * 64 * 64);
      await session.close();
      expect(await agent.living()).toEqual([]);
      expect(agent.starts()).toBe(2);
    }
  });
});

describe('a harness that ends in the middle', () => {
  test.each(['process.exit(9)', "process.kill(process.pid, 'SIGKILL')", "throw new Error('x')"])(
    '%s leaves no agent',
    async (end) => {
      const agent = scriptedAgent(end.includes('SIGKILL') ? 'none' : 'stubborn');
      const dist = fileURLToPath(new URL('../../../dist/harness/device/index.js', import.meta.url));
      expect(existsSync(dist), 'npm run build comes before the tests').toBe(true);
      const code = `
      const { openDeviceSession } = await import(${JSON.stringify(dist)});
      const options = { ...${JSON.stringify(agent.options)}, signal: new AbortController().signal };
      await openDeviceSession(options, ${JSON.stringify(online)});
      ${end};`;
      spawnSync(process.execPath, ['--input-type=module', '-e', code]);
      expect(agent.starts()).toBe(1);
      expect(await agent.living()).toEqual([]);
      expect(lives(process.pid)).toBe(true);
    },
  );
});
