import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { MANIFEST } from '../../../datasets/fetch/index.ts';
import { answer, serve, silent, whole } from '../../datasets/fetch/loopback.ts';
import { scratchFolder } from '../../datasets/scratch.ts';
import { captureCli } from '../../support/capture-cli.ts';
import { hasShared, sharedPath } from '../../support/shared.ts';
import { spawnCli } from '../../support/spawn-cli.ts';

/** Nothing of these tests may leave the machine or touch the user's cache. */
const PROXIES = ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'];
let cache: string;
beforeEach(async () => {
  cache = await scratchFolder();
  for (const name of PROXIES) vi.stubEnv(name, '');
  vi.stubEnv('MLU_PARITY_CACHE', cache);
  return () => vi.unstubAllEnvs();
});

describe('the list', () => {
  test.each([[['fetch']], [['fetch', '--list']]])(
    '%j: every name, with size, licence and place',
    async (args) => {
      const { exitCode, stdout, stderr } = await captureCli(...args);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      for (const { name, licence } of MANIFEST) {
        expect(stdout).toMatch(new RegExp(`^${name} `, 'm'));
        expect(stdout).toContain(licence);
      }
      expect(stdout).toContain(join(cache, 'fetch', 'coco'));
    },
  );

  test('--json: sizes, hashes, where they are published, and addresses, those of a mirror too', async () => {
    const { stdout } = await captureCli('fetch', '--json', '--mirror', 'https://mirror.test/a');
    const list = JSON.parse(stdout) as {
      name: string;
      downloadBytes: number;
      files: { addresses: string[] }[];
    }[];
    expect(list.map(({ name }) => name)).toEqual(MANIFEST.map(({ name }) => name));
    expect(list[0]).toMatchObject({
      downloadBytes: 252_907_541 + 815_585_330,
      diskBytes: 815_585_330 + 19_987_840,
    });
    expect(list[0]!.files[1]!.addresses).toEqual(['https://mirror.test/a/zips/val2017.zip']);
  });
});

describe.skipIf(!hasShared)('a fetch', () => {
  const dog = hasShared ? readFileSync(sharedPath('data', 'images', 'dog.jpg')) : new Uint8Array(0);

  test('the path alone on stdout; on stderr the hash and the line to run next', async () => {
    const server = await serve(whole(dog));
    const { exitCode, stdout, stderr } = await captureCli('fetch', 'dog', '--mirror', server.origin);
    const path = join(cache, 'fetch', 'images', 'dog.jpg');
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `${path}\n` });
    expect(server.requests.map((request) => request.path)).toEqual(['/assets/dog.jpg']);
    expect(stderr).toContain('fetched, 163.8 kB, checked against the published hash\nSHA-256 5a952205');
    expect(stderr).toContain(`next: mlu-parity detect ${path} --weights yolox_nano.pth\n`);
    expect(readFileSync(path)).toEqual(dog);

    const again = await captureCli('fetch', 'dog', '--mirror', server.origin);
    expect(again).toMatchObject({ exitCode: 0, stdout: `${path}\n` });
    expect(again.stderr).toContain('dog: was there, 163.8 kB');
    expect(server.requests).toHaveLength(1);
  });

  test('into a folder, with --json and --quiet: one document, and nothing on stderr', async () => {
    const server = await serve(whole(dog));
    const dir = join(cache, 'with space');
    const args = ['fetch', 'dog', dir, '--mirror', server.origin, '--json', '--quiet'];
    const { exitCode, stdout, stderr } = await captureCli(...args);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      ...{ name: 'dog', path: join(dir, 'dog.jpg'), bytes: 163_759, files: 1, checked: 'published-hash' },
      ...{ sha256: '5a9522051c3cec2bbd2f6323fccba32e8fbf3ddcc2b3e2fd46b04c720bc6f866', alreadyThere: false },
      next: `mlu-parity detect '${join(dir, 'dog.jpg')}' --weights yolox_nano.pth`,
    });
    expect(readdirSync(dir).sort()).toEqual(['dog.jpg', 'dog.jpg.sha256']);
  });

  test('Ctrl-C: exit 130, the part is kept, and the same command goes on from it', async () => {
    const half = Math.floor(dog.length / 2);
    const server = await serve(silent(dog, half), whole(dog));
    const args = ['fetch', 'dog', cache, '--mirror', server.origin];
    const { child, result } = spawnCli(args);
    // The first line of progress comes with the first bytes.
    child.stderr!.once('data', () => child.kill('SIGINT'));
    const { exitCode, stdout, stderr } = await result;
    expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: '' });
    expect(stderr).toContain(
      'mlu-parity: interrupted by the user; what has come is kept, and the same command goes on',
    );
    expect(readdirSync(cache)).toContain('dog.jpg.part');
    expect((await spawnCli(args).result).exitCode).toBe(0);
    expect(server.requests[1]!.headers.range).toMatch(/^bytes=\d+-$/);
    expect(readFileSync(join(cache, 'dog.jpg'))).toEqual(dog);
  });

  test('the proxy of the environment is used, a host without http:// too', async () => {
    const proxy = await serve(whole(dog));
    vi.stubEnv('http_proxy', new URL(proxy.origin).host);
    const { exitCode } = await captureCli('fetch', 'dog', '--mirror', 'http://mirror.invalid/m');
    expect(exitCode).toBe(0);
    expect(proxy.requests[0]!.path).toBe('http://mirror.invalid/m/assets/dog.jpg');
  });

  test('the weights that are there stand in the line to run next', async () => {
    const server = await serve(whole(dog));
    const weights = join(cache, 'fetch', 'yolox', 'yolox_nano.pth');
    mkdirSync(join(weights, '..'), { recursive: true });
    writeFileSync(weights, '');
    const { stdout } = await captureCli('fetch', 'dog', '--mirror', server.origin, '--json', '--quiet');
    expect(JSON.parse(stdout).next).toContain(`--weights ${weights}`);
  });
});

test('a data set that was there: said to be checked by its own list, in --json too', async () => {
  const list = `${createHash('sha256').update('{}').digest('hex')}  annotations/a.json\n`;
  const dir = await scratchFolder({ 'annotations/a.json': '{}', 'coco-annotations.sha256': list });
  const { exitCode, stderr } = await captureCli('fetch', 'coco-annotations', dir);
  expect(exitCode).toBe(0);
  expect(stderr).toMatch(/: was there, .*, checked against the hashes of when it was fetched\nSHA-256 /);
  const { stdout } = await captureCli('fetch', 'coco-annotations', dir, '--json', '--quiet');
  expect(JSON.parse(stdout)).toMatchObject({ checked: 'hash-when-fetched', alreadyThere: true });
});

describe('what cannot be', () => {
  test('a proxy that is no address: exit 3, named, without anything being asked for', async () => {
    const server = await serve(answer(404));
    vi.stubEnv('https_proxy', 'ftp://x');
    const { exitCode, stderr } = await captureCli('fetch', 'dog', '--mirror', server.origin);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('cannot use the proxy of https_proxy: "ftp://x" is no address');
    expect(server.requests).toEqual([]);
  });

  test('content that is not the published one: exit 3, said in JSON too, nothing left', async () => {
    const server = await serve(answer(200, {}, new Uint8Array(7_694_953)));
    const args = ['fetch', 'yolox-nano', cache, '--mirror', server.origin, '--json', '--quiet'];
    const { exitCode, stdout } = await captureCli(...args);
    expect(exitCode).toBe(3);
    expect(JSON.parse(stdout).error).toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('not the published cd28f55fbbc1829f'),
    });
    expect(readdirSync(cache)).toEqual([]);
  });

  test.each([
    [
      'a name that is near another',
      ['yolox-nanno'],
      'there is nothing of this name; did you mean yolox-nano?',
    ],
    ['a name that is near none', ['imagenet'], 'mlu-parity fetch --list shows what there is'],
    [
      'a subset of weights',
      ['yolox-s', '--subset', '5'],
      'only coco-val2017 and coco-train2017 have pictures',
    ],
    ['an empty subset', ['coco-val2017', '--subset', '0'], 'give a positive number'],
    ['a seed of no subset', ['coco-val2017', '--seed', '1'], 'cannot use --seed alone'],
    ['a seed that is none', ['coco-val2017', '--subset', '5', '--seed', '-1'], 'give a whole number from 0'],
    ['a mirror that is no address', ['dog', '--mirror', 'mirror'], 'it is no address'],
    ['a mirror on the disk', ['dog', '--mirror', 'file:///tmp'], 'it is neither http nor https'],
    [
      'a mirror with a password',
      ['dog', '--mirror', 'http://a:b@127.0.0.1/'],
      'names and passwords are not sent',
    ],
    ['a mirror with a query', ['dog', '--mirror', 'http://127.0.0.1/?a'], 'it cannot have ? or #'],
  ])('%s: exit 2 and a sentence', async (_, args, sentence) => {
    const { exitCode, stdout, stderr } = await captureCli('fetch', ...args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(sentence);
  });
});
