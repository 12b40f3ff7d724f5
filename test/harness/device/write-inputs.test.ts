import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { captureCli } from '../../support/capture-cli.ts';
import { makeCocoFolder } from '../../support/make-coco-folder.ts';
import { suiteFolder } from '../../support/suite-folder.ts';

describe('agent inputs', () => {
  const dir = suiteFolder();
  const out = join(dir, 'inputs');
  const inputs = (...flags: string[]) =>
    captureCli('agent', 'inputs', '--images', join(dir, 'coco'), '--out', out, '--quiet', ...flags);
  beforeAll(() => makeCocoFolder(join(dir, 'coco'), 3));

  test.each([
    [['--size', '64', '--count', '0'], '--count 0 cannot be'],
    [['--size', '64', '--count', '-1'], '--count -1 cannot be'],
    [['--size', '100'], '--size 100 cannot be'],
    [['--size', '99968'], '--size 99968 cannot be'],
    [
      ['--size', '64', '--weights', 'random:yolox-nano?seed=1'],
      '--weights random:yolox-nano?seed=1 has no effect',
    ],
    [[], 'the size of the inputs is not known: give --size, or --weights FILE'],
  ])('%j: refused, exit 2, and nothing is written', async (flags, sentence) => {
    const { exitCode, stdout, stderr } = await inputs(...flags);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(sentence);
    expect(existsSync(out)).toBe(false);
  });

  test('the first pictures by name, at the size of the weights', async () => {
    const { exitCode, stdout } = await inputs(
      '--count',
      '2',
      '--weights',
      'random:yolox-nano?seed=1',
      '--json',
    );
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ folder: out, size: [416, 416], files: ['1.npy', '2.npy'] });
    expect(readdirSync(out)).toEqual(['1.npy', '2.npy']);
  });
});
