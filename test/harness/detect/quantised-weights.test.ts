import { expect, test } from 'vitest';
import { captureCli } from '../../support/capture-cli.ts';
import { hasShared, sharedPath } from '../../support/shared.ts';

test.skipIf(!hasShared)('a quantised checkpoint is said to run as float', async () => {
  const weights = sharedPath('golden', 'quantize', 'yolox_nano_int16.pt');
  const { exitCode, stderr } = await captureCli(
    'detect',
    sharedPath('data', 'images', 'dog.jpg'),
    '--weights',
    weights,
    '--json',
  );
  expect(exitCode).toBe(0);
  expect(stderr).toMatch(/quantised checkpoint, and detect runs its float weights/);
});
