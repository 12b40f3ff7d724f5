import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { cacheFolder } from '../../datasets/cache-folder.ts';

test.each([
  ['nothing set: ~/.cache', {}, join(homedir(), '.cache', 'mlu-parity')],
  ['XDG_CACHE_HOME', { XDG_CACHE_HOME: '/x' }, join('/x', 'mlu-parity')],
  [
    'a relative XDG_CACHE_HOME counts as none',
    { XDG_CACHE_HOME: 'x' },
    join(homedir(), '.cache', 'mlu-parity'),
  ],
  ['MLU_PARITY_CACHE before both, as it is', { MLU_PARITY_CACHE: '/m', XDG_CACHE_HOME: '/x' }, resolve('/m')],
  ['an empty one counts as none', { MLU_PARITY_CACHE: '', XDG_CACHE_HOME: '/x' }, join('/x', 'mlu-parity')],
])('cacheFolder: %s', (_, env, expected) => {
  expect(cacheFolder(env)).toBe(expected);
});
