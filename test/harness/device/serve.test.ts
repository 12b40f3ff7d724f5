import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../../../datasets/sha256.ts';
import { encodeFrame } from '../../../harness/device/frame.ts';
import { npyFromTensor, tensorFromNpy } from '../../../harness/device/npy-payload.ts';
import { float32Tensor } from '../../../reference/tensor.ts';
import { AGENT, python } from '../../support/python.ts';
import { greeted, type PythonAgent } from './support/python-agent.ts';

const SIZE = [64, 64];
const FILE = Buffer.from('a checkpoint');
const HASH = sha256(FILE);

/** An input whose values are all `action`, of which `fake_serving_agent.py` says what it does. */
function input(action: number, shape = [1, 3, 64, 64]) {
  const npy = npyFromTensor(
    float32Tensor(new Float32Array(shape.reduce((a, b) => a * b)).fill(action), shape),
  );
  return [{ input: sha256(npy) }, { input: npy }] as const;
}

async function opened(): Promise<PythonAgent> {
  const agent = await greeted();
  await agent.ask('put-file', { sha256: HASH, name: 'a.pth', offset: 0, total: FILE.length }, { part: FILE });
  const { type } = await agent.ask('open', { kind: 'float', checkpoint: HASH, size: SIZE, decode: 'none' });
  expect(type).toBe('result');
  return agent;
}

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await work();
  return performance.now() - start;
};

describe.skipIf(!python)('the server', () => {
  test('keeps its stdout for itself, whatever prints to it, and ends with 0 when asked to', async () => {
    const agent = await opened();
    expect(await agent.ask('infer', ...input(0))).toMatchObject({ result: { hostMs: 1.5, deviceMs: 0.5 } });
    expect(await agent.ask('exit')).toMatchObject({ type: 'result' });
    expect(await agent.ended).toBe(0);
    expect(agent.stderr).toContain('a library prints to stdout');
    expect(agent.stderr).toContain('so does one in C');
    expect(agent.stderr).toContain('session closed');
  });

  test('goes on after errors of each kind, and tells their tracebacks', async () => {
    const agent = await opened();
    for (const [action, kind, message] of [
      [1, 'device', 'the card is made up'],
      [2, 'internal', 'ZeroDivisionError: a defect'],
      [5, 'internal', 'SystemExit: a library that ends the program'],
      [6, 'internal', 'ValueError: could not convert'],
      [8, 'internal', "BrokenPipeError: of a coprocess's"],
    ] as const) {
      const answer = await agent.ask('infer', ...input(action));
      expect(answer).toMatchObject({ type: 'error', kind });
      expect(answer.message).toContain(message);
      expect(answer).toHaveProperty('traceback', expect.stringContaining('Traceback'));
    }
    expect(await agent.ask('infer', ...input(0))).toMatchObject({ type: 'result' });
  });

  test('says which parameter is wrong, with its value', async () => {
    const agent = await opened();
    const wrong: [string, Record<string, unknown>, string][] = [
      ['fly', {}, "no method 'fly'"],
      ['has-file', { sha256: 'abc' }, "`sha256` is 'abc'; give a SHA-256"],
      ['has-file', { sha256: HASH, x: 1 }, 'no parameter x'],
      ['has-file', {}, '`sha256` is missing'],
      ['put-file', { sha256: HASH, name: 'a', offset: -1, total: 1 }, '`offset` is -1'],
      ['put-file', { sha256: HASH, name: 'a', offset: 0, total: 1 }, 'the payload `part` is missing'],
      ['put-file', { sha256: HASH, name: 'a', offset: 0, total: true }, '`total` is True'],
      ['open', { kind: 'cloud' }, "`kind` is 'cloud'; give one of float, offline, online"],
      ['open', { kind: 'float', checkpoint: HASH, size: [64, 65], decode: 'none' }, '`size` is [64, 65]'],
      ['open', { kind: 'float', checkpoint: HASH, size: SIZE, decode: 'none' }, 'there is a session already'],
      ['infer', { input: HASH }, 'is none of the last 4'],
      ['measure', { input: HASH, requests: 0, seconds: 1, contexts: 1 }, '`requests` is 0'],
      ['measure', { input: HASH, requests: 1, seconds: 'x', contexts: 1 }, "`seconds` is 'x'"],
    ];
    for (const [method, params, message] of wrong) {
      const answer = await agent.ask(method, params);
      expect(answer.kind, method).toBe('bad-request');
      expect(answer.message).toContain(message);
    }
    expect((await agent.ask('infer', ...input(0, [1, 3, 32, 64]))).message).toContain(
      'infer on an input [1, 3, 32, 64]: the session wants [batch, 3, 64, 64]',
    );
    const [, payload] = input(0);
    expect((await agent.ask('infer', { input: HASH }, payload)).message).toContain('another SHA-256');
    expect(
      (await agent.ask('infer', { input: sha256('no npy') }, { input: Buffer.from('no npy') })).message,
    ).toContain('no .npy file');
    expect(await agent.ask('close')).toMatchObject({ type: 'result' });
    expect((await agent.ask('infer', { input: HASH })).message).toContain('no session is open');
  });

  test('keeps the last four inputs, and sends no output that is known', async () => {
    const agent = await opened();
    const known = await agent.ask('infer', ...input(10));
    expect(tensorFromNpy(known.answered.get('output')!).shape).toEqual([1, 84, 85]);
    const again = await agent.ask('infer', { ...input(10)[0], knownOutput: known.result!.output });
    expect(again.answered.size).toBe(0);
    expect(again.result).toMatchObject({ output: known.result!.output });
    for (const action of [11, 12, 13]) await agent.ask('infer', ...input(action));
    expect((await agent.ask('infer', input(10)[0])).type).toBe('result');
    await agent.ask('infer', ...input(14));
    expect((await agent.ask('infer', input(11)[0])).kind).toBe('bad-request');
    expect((await agent.ask('infer', input(10)[0])).type).toBe('result');
  });

  test('its heart beats while a library holds the lock of Python, and it ends all the same', async () => {
    const agent = await opened();
    agent.send('infer', ...input(7));
    for (let beats = 0; beats < 2; beats++) expect((await agent.next(true)).head.type).toBe('heartbeat');
    agent.child.stdin.end();
    expect(await timed(() => agent.ended)).toBeLessThan(1500);
  });

  test('ends within a second at the end of its stdin, in the middle of an inference', async () => {
    const agent = await opened();
    agent.send('infer', ...input(3));
    await agent.next(true);
    agent.child.stdin.end();
    expect(await timed(() => agent.ended)).toBeLessThan(1000);
    expect(await agent.ended).toBe(0);
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('ends at once on %s, in C or not', async (signal) => {
    for (const action of [3, 7]) {
      const agent = await opened();
      agent.send('infer', ...input(action));
      await agent.next(true);
      agent.child.kill(signal);
      expect(await timed(() => agent.ended)).toBeLessThan(1000);
      expect(await agent.ended).toBe(signal);
    }
  });

  test('ends where a request is cut or garbled, and says so', async () => {
    const whole = Buffer.concat(encodeFrame({ type: 'request', id: 1, method: 'info', params: {} }));
    for (const [bytes, message] of [
      [whole.subarray(0, 10), 'it is cut after 10 bytes'],
      [whole.subarray(0, 40), 'bytes before its end'],
      [Buffer.from('hello\n'), "it begins with b'hell'"],
      [Buffer.concat(encodeFrame({ type: 'answer' })), 'no request'],
    ] as const) {
      const agent = await greeted();
      agent.child.stdin.end(bytes);
      expect(await agent.ended).toBe(3);
      expect(agent.stderr).toContain('agent: cannot understand a frame of the harness: ');
      expect(agent.stderr).toContain(message);
    }
  });

  test('reads what the harness writes, and nothing after damage: 200 streams', () => {
    const streams: Buffer[] = [];
    const expected: { ids: number[]; damaged: boolean }[] = [];
    fc.assert(
      fc.property(
        fc.array(
          fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.uint8Array({ maxLength: 200 }), { maxKeys: 2 }),
          {
            minLength: 1,
            maxLength: 4,
          },
        ),
        fc.nat(),
        fc.constantFrom('none', 'flip', 'cut'),
        (bodies, where, damage) => {
          const whole = bodies.map((body, id) =>
            Buffer.concat(encodeFrame({ id, text: 'ä€' }, new Map(Object.entries(body)))),
          );
          const stream = Buffer.concat(whole);
          const at = damage === 'none' ? stream.length : where % stream.length;
          if (damage === 'flip') stream[at]! ^= 1 << (where % 8);
          const ends = whole.map((_, id) => Buffer.concat(whole.slice(0, id + 1)).length);
          const ids = ends.flatMap((end, id) => (end <= at ? [id] : []));
          const between = damage !== 'flip' && (at === 0 || ends.includes(at));
          streams.push(damage === 'cut' ? stream.subarray(0, at) : stream);
          expected.push({ ids, damaged: !between });
        },
      ),
      { seed: 11, numRuns: 200 },
    );
    const script = join(import.meta.dirname, 'support/read-frames.py');
    const stdin = Buffer.concat(
      streams.flatMap((stream) => {
        const length = Buffer.alloc(4);
        length.writeUInt32LE(stream.length);
        return [length, stream];
      }),
    );
    const { stdout } = spawnSync(python!, [script, AGENT], { input: stdin, encoding: 'utf8' });
    const read = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { found: [number][]; error: string | null });
    expect(
      read.map(({ found, error }) => ({ ids: found.map(([id]) => id), damaged: error !== null })),
    ).toEqual(expected);
  });
});
