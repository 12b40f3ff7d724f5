import { cpSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { sha256 } from '../../../datasets/sha256.ts';
import type { Frame } from '../../../harness/device/frame.ts';
import { python } from '../../support/python.ts';
import { greeted, newFolder, PythonAgent } from './support/python-agent.ts';

const SIZE = [64, 64];
const FILE = Buffer.from('a checkpoint');
const HASH = sha256(FILE);
const EXPORT = {
  ...{ checkpoint: HASH, size: SIZE, batch: 1 },
  ...{ coreNumber: 4, coreVersion: 'MLU270', inputFormat: 0 },
};

describe.skipIf(!python)('the store', () => {
  const put = (agent: PythonAgent, offset: number, part: Buffer, { total = FILE.length, hash = HASH } = {}) =>
    agent.ask('put-file', { sha256: hash, name: '../.a b.pth', offset, total }, { part });

  interface Exported {
    readonly cached: boolean;
    readonly [key: string]: unknown;
  }

  /** It says that it exports when it does, and not when it has the model. */
  async function exported(agent: PythonAgent, params: Record<string, unknown>): Promise<Exported> {
    agent.send('export-offline', params);
    const heads: Frame['head'][] = [];
    do heads.push((await agent.next()).head);
    while (heads.at(-1)!.type === 'progress');
    const result = heads.pop()!.result as Exported;
    expect(heads).toMatchObject(result.cached ? [] : [{ type: 'progress', total: null }]);
    return result;
  }

  test('keeps what arrived whole, under its hash, and for the next agent', async () => {
    const work = newFolder();
    const agent = await greeted(work);
    expect((await put(agent, 0, FILE.subarray(0, 5))).result).toEqual({ received: 5, complete: false });
    expect((await agent.ask('has-file', { sha256: HASH })).result).toEqual({ present: false });
    expect((await put(agent, 7, FILE.subarray(7))).message).toContain(
      'cannot take 5 bytes at 7 of 12: 5 have arrived',
    );
    expect((await put(agent, 5, FILE)).message).toContain('cannot take 12 bytes at 5 of 12');
    // From the beginning again.
    expect((await put(agent, 0, FILE.subarray(0, 5))).result).toEqual({ received: 5, complete: false });
    expect((await put(agent, 5, FILE.subarray(5))).result).toEqual({ received: 12, complete: true });
    const other = await greeted(work);
    expect((await other.ask('has-file', { sha256: HASH })).result).toEqual({ present: true });
    expect(readdirSync(join(work, 'incoming'))).toEqual([]);
    expect(readdirSync(join(work, 'files', HASH))).toEqual(['a b.pth']);
    expect(readFileSync(join(work, 'files', HASH, 'a b.pth'))).toEqual(FILE);
  });

  test('a file that was damaged since it came is taken away, and asked for again', async () => {
    const work = newFolder();
    const first = await greeted(work);
    await put(first, 0, FILE);
    writeFileSync(join(work, 'files', HASH, 'a b.pth'), 'a cheCkpoint');
    const next = await greeted(work);
    expect((await next.ask('has-file', { sha256: HASH })).result).toEqual({ present: false });
    expect((await put(next, 0, FILE)).result).toEqual({ received: 12, complete: true });
    expect((await next.ask('has-file', { sha256: HASH })).result).toEqual({ present: true });
    expect(readFileSync(join(work, 'files', HASH, 'a b.pth'))).toEqual(FILE);
  });

  test('refuses what is another file than it was said to be, and leaves nothing of it', async () => {
    const work = newFolder();
    const agent = await greeted(work);
    const hash = sha256('another');
    expect(await put(agent, 0, FILE, { hash })).toMatchObject({ kind: 'bad-file' });
    expect((await agent.ask('has-file', { sha256: hash })).result).toEqual({ present: false });
    const open = { kind: 'float', checkpoint: hash, size: SIZE, decode: 'none' };
    expect(await agent.ask('open', open)).toMatchObject({ kind: 'bad-file' });
    expect((await put(agent, 0, FILE, { total: 2 ** 40 })).message).toContain('the store holds');
    expect([...readdirSync(join(work, 'incoming')), ...readdirSync(join(work, 'files'))]).toEqual([]);
  });

  test('what an agent left in the middle is swept away a day later', async () => {
    const work = newFolder();
    const first = await greeted(work);
    await put(first, 0, FILE.subarray(0, 5));
    first.child.kill('SIGKILL');
    await first.ended;
    const [left] = readdirSync(join(work, 'incoming'));
    await greeted(work);
    expect(readdirSync(join(work, 'incoming'))).toEqual([left]);
    const dayBefore = Date.now() / 1000 - 90_000;
    utimesSync(join(work, 'incoming', left!), dayBefore, dayBefore);
    await greeted(work);
    expect(readdirSync(join(work, 'incoming'))).toEqual([]);
  });

  test('exports once for the same checkpoint and choices, and keeps the twins beside', async () => {
    const work = newFolder();
    const agent = await greeted(work);
    await put(agent, 0, FILE);
    const answers: Exported[] = [];
    for (const coreNumber of [4, 4, 8]) answers.push(await exported(agent, { ...EXPORT, coreNumber }));
    const model = sha256('model of a checkpoint');
    expect(answers).toEqual([
      { model, name: 'model.cambricon', cached: false, warnings: ['made up'] },
      { model, name: 'model.cambricon', cached: true, warnings: ['made up'] },
      { model, name: 'model.cambricon', cached: false, warnings: ['made up'] },
    ]);
    expect(readdirSync(join(work, 'files', model)).sort()).toEqual([
      'model.cambricon',
      'model.cambricon_twins',
    ]);
    expect(readdirSync(join(work, 'incoming'))).toEqual([]);
    // A model, and what is known of exports, that were damaged while no agent ran.
    writeFileSync(join(work, 'files', model, 'model.cambricon'), 'another');
    for (const [i, name] of readdirSync(join(work, 'exports')).sort().entries())
      writeFileSync(join(work, 'exports', name), ['[1]', '{"model": 1}'][i]!);
    const next = await greeted(work);
    for (const cached of [false, true]) {
      expect(await exported(next, EXPORT)).toEqual({ ...answers[0], cached });
    }
    expect(readFileSync(join(work, 'files', model, 'model.cambricon'), 'utf8')).toBe('model of a checkpoint');
  });

  test('exports again where the source of the network was edited, and where a library is another', async () => {
    const [work, yolox] = [newFolder(), newFolder()];
    mkdirSync(join(yolox, 'yolox/models'), { recursive: true });
    const write = (name: string, text: string): void =>
      writeFileSync(join(yolox, 'yolox/models', name), text);
    write('yolo_head.py', 'first = 1\n');
    const cached = async (...more: string[]): Promise<unknown> => {
      const agent = await greeted(work, ...more);
      await put(agent, 0, FILE);
      return (await exported(agent, EXPORT)).cached;
    };
    const source = ['--yolox', yolox];
    expect(await cached(...source)).toBe(false);
    expect(await cached(...source)).toBe(true);
    write('yolo_head.py', 'first = 2\n');
    expect(await cached(...source)).toBe(false);
    // A file that it imports, too; where it lies says nothing.
    write('losses.py', 'last = 1\n');
    expect(await cached(...source)).toBe(false);
    const copy = newFolder();
    cpSync(yolox, copy, { recursive: true });
    expect(await cached('--yolox', copy)).toBe(true);
    expect(await cached()).toBe(false);
    for (const library of ['torch', 'torchMlu', 'cnrt']) {
      process.env.FAKE_LIBRARY = library;
      onTestFinished(() => void delete process.env.FAKE_LIBRARY);
      expect([library, await cached()]).toEqual([library, false]);
      expect([library, await cached()]).toEqual([library, true]);
    }
  });

  test('a work folder that cannot be written ends the agent with a sentence', async () => {
    const file = join(newFolder(), 'file');
    writeFileSync(file, '');
    const agent = new PythonAgent(file);
    expect(await agent.ended).toBe(5);
    expect(agent.stderr).toContain(`agent: cannot write to the work folder ${file}`);
  });
});
