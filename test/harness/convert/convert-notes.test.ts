import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { captureCli } from '../../support/capture-cli.ts';
import { hasShared, sharedPath } from '../../support/shared.ts';
import { suiteFolder } from '../../support/suite-folder.ts';

const dir = suiteFolder();

test.each(['417', '32x8192'])('--size %s, which no YOLOX takes, is a usage error', async (size) => {
  const { exitCode, stderr } = await captureCli(
    'convert',
    'random:yolox-nano',
    join(dir, 'a.onnx'),
    '--size',
    size,
  );
  expect(stderr).toMatch(/a side must be a multiple of 32 up to 4096/);
  expect(exitCode).toBe(2);
});

describe.skipIf(!hasShared)('a quantised checkpoint', () => {
  const source = sharedPath('golden', 'quantize', 'yolox_nano_int16.pt');
  test.each([
    ['kept.pt', 'with the scales of 113 quantised modules'],
    ['left.onnx', 'its float weights alone, without the scales of 113 quantised modules'],
  ])('written as %s says what became of its scales', async (name, words) => {
    const { exitCode, stdout } = await captureCli('convert', source, join(dir, name));
    expect(exitCode).toBe(0);
    expect(stdout).toContain(words);
  });
});
