import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ownCommit } from '../../../harness/run/environment.ts';
import { suiteFolder } from '../../support/suite-folder.ts';

describe('the recorded commit', () => {
  const root = suiteFolder();
  const author = ['-c', 'user.name=a', '-c', 'user.email=a@example.org', '-c', 'commit.gpgsign=false'];
  const git = (...args: string[]): string =>
    execFileSync('git', [...author, ...args], { cwd: root, encoding: 'utf8', stdio: 'pipe' }).trim();
  let commit: string;

  beforeAll(() => {
    git('init', '-q');
    writeFileSync(join(root, 'package.json'), '{}');
    mkdirSync(join(root, 'vendor'));
    writeFileSync(join(root, 'vendor/package.json'), '{}');
    git('add', '.');
    git('commit', '-q', '-m', 'first');
    commit = git('rev-parse', 'HEAD');
  });

  test('is that of the checkout; files that git does not know change nothing', async () => {
    writeFileSync(join(root, 'run.json'), '{}');
    expect(await ownCommit(root)).toBe(commit);
  });

  test('is null where the package lies inside a checkout of something else', async () => {
    expect(await ownCommit(join(root, 'vendor'))).toBeNull();
  });

  test('is null outside any checkout, and in one without a commit', async () => {
    const empty = join(root, 'empty');
    mkdirSync(empty);
    execFileSync('git', ['init', '-q'], { cwd: empty });
    expect(await ownCommit(empty)).toBeNull();
    expect(await ownCommit('/')).toBeNull();
  });

  test('ends in -dirty where a tracked file was changed', async () => {
    writeFileSync(join(root, 'package.json'), '{ }');
    expect(await ownCommit(root)).toBe(`${commit}-dirty`);
  });
});
