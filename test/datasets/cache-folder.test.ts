import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cacheFolder } from '../../datasets/index.ts';

describe('cacheFolder', () => {
  test.each([
    [{ MLU_PARITY_CACHE: '/a/b', XDG_CACHE_HOME: '/x' }, '/a/b'],
    [{ MLU_PARITY_CACHE: 'here' }, resolve('here')],
    [{ MLU_PARITY_CACHE: '', XDG_CACHE_HOME: '/x' }, '/x/mlu-parity'],
    [{ XDG_CACHE_HOME: 'relative' }, join(homedir(), '.cache', 'mlu-parity')],
    [{}, join(homedir(), '.cache', 'mlu-parity')],
  ])('%j → %s', (env, expected) => {
    expect(cacheFolder(env)).toBe(expected);
  });
});
