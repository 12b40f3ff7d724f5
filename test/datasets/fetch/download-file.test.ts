import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DownloadRequest, downloadFile } from '../../../datasets/fetch/download-file.ts';
import { DatasetError } from '../../../datasets/index.ts';
import { createRandom } from '../../../reference/random.ts';
import { scratchFolder } from '../scratch.ts';
import { fakeTools } from './fake-tools.ts';
import { ENDED, lockOf } from './lock-of.ts';
import { answer, broken, type Loopback, serve, serveUntrusted, silent, whole } from './loopback.ts';

const random = createRandom(7);
const CONTENT = Uint8Array.from({ length: 300_000 }, () => Math.floor(random.next() * 256));
const OTHER = Uint8Array.from(CONTENT, (byte) => byte ^ 1);
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const HALF = CONTENT.length / 2;

async function requestOf(server: Loopback, more: Partial<DownloadRequest> = {}): Promise<DownloadRequest> {
  const dir = await scratchFolder();
  return {
    ...{ label: 'w.pth', path: join(dir, 'w.pth'), urls: [`${server.origin}w.pth`], content: 'weights' },
    ...{ bytes: CONTENT.length, sha256: sha256(CONTENT), ...more },
  };
}

/** By hash: a comparison of arrays would take longer than the transfer. */
async function expectContent({ path }: DownloadRequest, content: Uint8Array): Promise<void> {
  expect(sha256(await readFile(path))).toBe(sha256(content));
}

/** The published facts are not known. */
const UNKNOWN = { bytes: undefined, sha256: undefined } as unknown as Partial<DownloadRequest>;

const filesBeside = async ({ path }: DownloadRequest): Promise<string[]> =>
  (await readdir(join(path, '..'))).sort();

async function failure(work: Promise<unknown>): Promise<Error> {
  const error: unknown = await work.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  );
  return error as Error;
}

test('a file is fetched, checked, renamed, and nothing else is left', async () => {
  const server = await serve(whole(CONTENT));
  const request = await requestOf(server);
  expect(await downloadFile(request, fakeTools())).toEqual({
    path: request.path,
    bytes: CONTENT.length,
    sha256: sha256(CONTENT),
    checked: 'published-hash',
    alreadyThere: false,
  });
  await expectContent(request, CONTENT);
  expect(await filesBeside(request)).toEqual(['w.pth']);
  expect(server.requests[0]!.headers).toMatchObject({ 'accept-encoding': 'identity' });
});

describe('a transfer that breaks', () => {
  test('goes on by Range and If-Range from the bytes that came', async () => {
    const server = await serve(broken(CONTENT, HALF), whole(CONTENT));
    const request = await requestOf(server);
    const tools = fakeTools();
    await downloadFile(request, tools);
    await expectContent(request, CONTENT);
    expect(server.requests).toHaveLength(2);
    expect(server.requests[1]!.headers).toMatchObject({ range: `bytes=${HALF}-`, 'if-range': '"1"' });
    expect(tools.waits).toEqual([1000]);
    expect(tools.notes).toEqual(['w.pth: the connection broke; again in 1 s, from 150.0 kB on']);
  });

  test('a server that falls silent is given up after the alarm, and asked for the rest', async () => {
    const server = await serve(silent(CONTENT, HALF), whole(CONTENT));
    const request = await requestOf(server);
    const tools = fakeTools();
    tools.onAdvance = (come) => {
      if (come === HALF) queueMicrotask(() => tools.ring());
    };
    await downloadFile(request, tools);
    expect(server.requests[1]!.headers.range).toBe(`bytes=${HALF}-`);
    expect(tools.notes[0]).toContain('nothing came for 60 s; again in 1 s');
  });

  test('a body that ends early without having promised a length is not taken for the whole', async () => {
    const early = (_request: unknown, response: import('node:http').ServerResponse) => {
      response.writeHead(200, { etag: '"1"' });
      response.end(CONTENT.subarray(0, HALF));
    };
    const server = await serve(early, whole(CONTENT));
    const tools = fakeTools();
    const request = await requestOf(server);
    await downloadFile(request, tools);
    expect(tools.notes[0]).toContain('it ended after 150.0 kB of 300.0 kB');
    await expectContent(request, CONTENT);
  });

  test('five in a row that bring nothing end it; what came is kept for the next call, which goes on there', async () => {
    const server = await serve(broken(CONTENT, HALF));
    const request = await requestOf(server);
    const tools = fakeTools();
    const error = await failure(downloadFile(request, tools));
    expect(error).toBeInstanceOf(DatasetError);
    expect(error.message).toMatch(
      /^cannot fetch w\.pth: http:.*the connection broke; the 150\.0 kB that came are kept, and the same command goes on/,
    );
    expect(tools.waits).toEqual([1000, 2000, 4000, 8000]);
    expect(await filesBeside(request)).toEqual(['w.pth.part', 'w.pth.part.json']);

    const better = await serve(whole(CONTENT));
    await downloadFile({ ...request, urls: [better.origin] }, fakeTools());
    expect(better.requests.map(({ headers }) => headers.range)).toEqual([`bytes=${HALF}-`]);
    expect(await filesBeside(request)).toEqual(['w.pth']);
  });

  test('a line that breaks again and again is followed as long as each attempt brings something', async () => {
    const eighths = [1, 2, 3, 4, 5, 6, 7].map((eighth) => broken(CONTENT, (CONTENT.length * eighth) / 8));
    const server = await serve(...eighths, whole(CONTENT));
    const request = await requestOf(server);
    const tools = fakeTools();
    await downloadFile(request, tools);
    await expectContent(request, CONTENT);
    expect(tools.waits).toEqual(eighths.map(() => 1000));
  });

  test('however it breaks, the file is the same (up to four random places, 30 sets)', async () => {
    const places = fc.array(fc.integer({ min: 1, max: CONTENT.length - 1 }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(places, async (untils) => {
        const server = await serve(...untils.map((until) => broken(CONTENT, until)), whole(CONTENT));
        const request = await requestOf(server);
        await downloadFile(request, fakeTools());
        expect(sha256(await readFile(request.path))).toBe(sha256(CONTENT));
      }),
      { numRuns: 30 },
    );
  });
});

describe('what the server says when asked for the rest', () => {
  test('200 with the whole file, since it knows no ranges: the part is replaced, not appended to', async () => {
    const server = await serve(
      broken(CONTENT, HALF),
      answer(200, { 'content-length': String(CONTENT.length) }, CONTENT),
    );
    const request = await requestOf(server);
    await downloadFile(request, fakeTools());
    await expectContent(request, CONTENT);
  });

  test('200, since the file has changed by If-Range: the new one alone is kept', async () => {
    const server = await serve(broken(OTHER, HALF, '"old"'), whole(CONTENT, '"new"'));
    const request = await requestOf(server);
    await downloadFile(request, fakeTools());
    expect(server.requests[1]!.headers['if-range']).toBe('"old"');
    await expectContent(request, CONTENT);
  });

  test('206 of another entity tag, by a server that ignores If-Range: started again', async () => {
    const server = await serve(
      broken(OTHER, HALF, '"old"'),
      broken(CONTENT, CONTENT.length, '"new"'),
      whole(CONTENT, '"new"'),
    );
    const request = await requestOf(server, UNKNOWN);
    const tools = fakeTools();
    await downloadFile(request, tools);
    expect(server.requests.map(({ headers }) => headers.range)).toEqual([
      undefined,
      `bytes=${HALF}-`,
      undefined,
    ]);
    expect(tools.notes[1]).toContain('the file there has changed since its first part was fetched');
    await expectContent(request, CONTENT);
  });

  test('206 of another place than asked for: started again', async () => {
    const shifted = answer(206, { 'content-range': `bytes 0-9/${CONTENT.length}` }, CONTENT.subarray(0, 10));
    const server = await serve(broken(CONTENT, HALF), shifted, whole(CONTENT));
    const request = await requestOf(server);
    await downloadFile(request, fakeTools());
    await expectContent(request, CONTENT);
  });

  test('416 where the part is the whole file: it is taken, after its check', async () => {
    const server = await serve(whole(CONTENT));
    const request = await requestOf(server, UNKNOWN);
    await writeFile(`${request.path}.part`, CONTENT);
    await writeFile(`${request.path}.part.json`, JSON.stringify({ etag: '"1"' }));
    expect(await downloadFile(request, fakeTools())).toMatchObject({ checked: 'content' });
    expect(server.requests.map(({ headers }) => headers.range)).toEqual([`bytes=${CONTENT.length}-`]);
    await expectContent(request, CONTENT);
  });

  test('416 where the file there is shorter: started again', async () => {
    const server = await serve(whole(CONTENT.subarray(0, HALF)));
    const request = await requestOf(server, UNKNOWN);
    await writeFile(`${request.path}.part`, CONTENT);
    await writeFile(`${request.path}.part.json`, JSON.stringify({ etag: '"1"' }));
    await downloadFile(request, fakeTools());
    await expectContent(request, CONTENT.subarray(0, HALF));
  });

  test('a part of which nothing is known and no hash is published is not trusted', async () => {
    const server = await serve(whole(CONTENT));
    const request = await requestOf(server, UNKNOWN);
    await writeFile(`${request.path}.part`, OTHER.subarray(0, 1000));
    await downloadFile(request, fakeTools());
    expect(server.requests.map(({ headers }) => headers.range)).toEqual([undefined]);
    await expectContent(request, CONTENT);
  });

  test('such a part is not said to be kept when the server has nothing', async () => {
    const request = await requestOf(await serve(answer(404)), UNKNOWN);
    await writeFile(`${request.path}.part`, OTHER.subarray(0, 1000));
    expect((await failure(downloadFile(request, fakeTools()))).message).not.toContain('kept');
    expect(await filesBeside(request)).toEqual([]);
  });

  test('a part that turns out wrong by the published hash is fetched from scratch, once', async () => {
    const server = await serve(whole(CONTENT));
    const request = await requestOf(server);
    await writeFile(`${request.path}.part`, OTHER.subarray(0, 1000));
    const tools = fakeTools();
    await downloadFile(request, tools);
    expect(server.requests.map(({ headers }) => headers.range)).toEqual(['bytes=1000-', undefined]);
    expect(tools.notes).toEqual(['w.pth: the part from an earlier run was wrong; starting again']);
    await expectContent(request, CONTENT);
  });
});

describe('answers that are not the file', () => {
  test.each([
    [
      'an HTML page',
      'zip',
      200,
      '<!DOCTYPE html><title>Log in</title>',
      'a web page ("Log in") in place of a zip archive',
    ],
    [
      'an XML message',
      'zip',
      200,
      '<?xml version="1.0"?><Error/>',
      'an XML message in place of a zip archive',
    ],
    ['a Git LFS pointer', 'weights', 200, 'version https://git-lfs.github.com/spec/v1', 'a Git LFS pointer'],
    ['other bytes', 'jpeg', 200, 'GIF89a', 'something else (text/x-test) in place of a JPEG picture'],
    ['404', 'zip', 404, '', 'it answered 404 (not there); check the network'],
    ['403', 'zip', 403, '', 'it answered 403 (not allowed)'],
  ] as const)('%s: named, asked for once, nothing is left', async (_, content, status, body, reason) => {
    const server = await serve(answer(status, { 'content-type': 'text/x-test' }, body));
    const request = await requestOf(server, { ...UNKNOWN, content });
    const error = await failure(downloadFile(request, fakeTools()));
    expect(error).toBeInstanceOf(DatasetError);
    expect(error.message).toContain(reason);
    expect(server.requests).toHaveLength(1);
    expect(await filesBeside(request)).toEqual([]);
  });

  test('a page in place of the rest of a file costs nothing of what is there', async () => {
    const page = answer(200, { 'content-type': 'text/html' }, '<html>maintenance</html>');
    const server = await serve(broken(CONTENT, HALF), page);
    const request = await requestOf(server, UNKNOWN);
    expect((await failure(downloadFile(request, fakeTools()))).message).toContain(
      '150.0 kB that came are kept',
    );
  });

  test('the published hash decides: another file is deleted and named', async () => {
    const server = await serve(whole(OTHER));
    const request = await requestOf(server);
    const error = await failure(downloadFile(request, fakeTools()));
    expect(error).toBeInstanceOf(DatasetError);
    expect(error.message).toContain(
      `the SHA-256 is ${sha256(OTHER)} and not the published ${sha256(CONTENT)}`,
    );
    expect(await filesBeside(request)).toEqual([]);
    expect(server.requests).toHaveLength(1);
  });

  test('an offer of another size is refused before it is taken', async () => {
    const server = await serve(whole(CONTENT.subarray(0, HALF)));
    const request = await requestOf(server);
    const error = await failure(downloadFile(request, fakeTools()));
    expect(error.message).toContain('it offers 150000 bytes, and the published file has 300000');
  });

  test('more bytes than the file has are not written on and on', async () => {
    const more = answer(200, { 'transfer-encoding': 'chunked' }, new Uint8Array(CONTENT.length + 1));
    const request = await requestOf(await serve(more));
    expect((await failure(downloadFile(request, fakeTools()))).message).toContain(
      'it sent more than the 300000 bytes of the file;',
    );
    expect(await filesBeside(request)).toEqual([]);
  });

  test('without a published hash the file is looked into', async () => {
    const request = await requestOf(await serve(whole(CONTENT)), {
      ...UNKNOWN,
      inspect: () => Promise.reject(new DatasetError('cannot decode it: half a picture')),
    });
    expect((await failure(downloadFile(request, fakeTools()))).message).toContain('half a picture');
    expect(await filesBeside(request)).toEqual([]);
  });

  test('the second address is asked when the first one has not got it', async () => {
    const first = await serve(answer(404));
    const second = await serve(whole(CONTENT));
    const request = await requestOf(first, { urls: [first.origin, second.origin] });
    await downloadFile(request, fakeTools());
    expect([first.requests.length, second.requests.length]).toEqual([1, 1]);
  });

  test('no server at all: in words, after every address was tried', async () => {
    const request = await requestOf(await serve(answer(200)), {
      urls: ['http://127.0.0.1:1/a', 'http://127.0.0.1:1/b'],
    });
    const { message } = await failure(downloadFile(request, fakeTools()));
    expect(message).toMatch(
      /1\/a: the connection was refused; http:.*1\/b: the connection was refused; check/,
    );
  });
});

describe('a secure connection', () => {
  test('with a certificate that is not to be trusted: said, with what to do, and tried once', async () => {
    const request = await requestOf(await serve(answer(200)), { urls: [await serveUntrusted()] });
    const tools = fakeTools();
    expect((await failure(downloadFile(request, tools))).message).toContain(
      'the certificate is not to be trusted (DEPTH_ZERO_SELF_SIGNED_CERT); where a company inspects the traffic, give its ' +
        'certificate in NODE_EXTRA_CA_CERTS',
    );
    expect(tools.waits).toEqual([]);
    expect(await filesBeside(request)).toEqual([]);
  });

  test('to a server that speaks none: that, and nothing of a certificate', async () => {
    const server = await serve(answer(200));
    const request = await requestOf(server, { urls: [server.origin.replace('http:', 'https:')] });
    const { message } = await failure(downloadFile(request, fakeTools()));
    expect(message).toMatch(/: no secure connection came about \(ERR_SSL_\w+\); /);
  });
});

describe('a server that is busy', () => {
  test('500 twice, then the file: waited for 1 and 2 seconds', async () => {
    const server = await serve(answer(500), answer(503), whole(CONTENT));
    const tools = fakeTools();
    await downloadFile(await requestOf(server), tools);
    expect(tools.waits).toEqual([1000, 2000]);
  });

  test.each([
    ['seconds', '7'],
    ['a date', 'Thu, 01 Jan 2026 00:00:07 GMT'],
  ])('429 with Retry-After in %s is obeyed', async (_, header) => {
    const server = await serve(answer(429, { 'retry-after': header }), whole(CONTENT));
    const tools = fakeTools();
    await downloadFile(await requestOf(server), tools);
    expect(tools.waits).toEqual([7000]);
  });

  test('a wait of an hour is not sat out', async () => {
    const server = await serve(answer(503, { 'retry-after': '3600' }));
    const tools = fakeTools();
    const error = await failure(downloadFile(await requestOf(server), tools));
    expect(error.message).toContain('503 (too busy)');
    expect(tools.waits).toEqual([]);
  });
});

describe('redirects', () => {
  test('are followed, with the Range, to where the file is', async () => {
    const files = await serve(broken(CONTENT, HALF), whole(CONTENT));
    const start = await serve(answer(302, { location: `${files.origin}signed?x=1` }));
    const request = await requestOf(start);
    await downloadFile(request, fakeTools());
    expect(files.requests.map(({ path, headers }) => [path, headers.range])).toEqual([
      ['/signed?x=1', undefined],
      ['/signed?x=1', `bytes=${HALF}-`],
    ]);
  });

  test('in a circle end after ten', async () => {
    const server = await serve(answer(301, { location: '/again' }));
    const error = await failure(downloadFile(await requestOf(server), fakeTools()));
    expect(error.message).toContain('sent on more than 10 times');
    expect(server.requests).toHaveLength(11);
  });

  test.each([
    ['file:///etc/passwd', 'only http and https are followed'],
    ['ftp://127.0.0.1/w.pth', 'only http and https are followed'],
    ['http://[', 'which is no address'],
  ])('to %s are not followed', async (location, reason) => {
    const server = await serve(answer(302, { location }));
    expect((await failure(downloadFile(await requestOf(server), fakeTools()))).message).toContain(reason);
  });
});

describe('the disk', () => {
  test('too little room is said before a byte is written', async () => {
    const server = await serve(whole(CONTENT));
    const request = await requestOf(server);
    const tools = fakeTools({ freeBytes: async () => 1000 });
    const error = await failure(downloadFile(request, tools));
    expect(error).toBeInstanceOf(DatasetError);
    expect(error.message).toMatch(
      /it needs 300\.0 kB and the disk has 1\.0 kB free; make room, or give a folder/,
    );
    expect(await filesBeside(request)).toEqual([]);
  });

  test('of a resumed file only the rest has to fit', async () => {
    const server = await serve(broken(CONTENT, HALF), whole(CONTENT));
    let asked = 0;
    const tools = fakeTools({ freeBytes: async () => (asked++ === 0 ? CONTENT.length : HALF) });
    await downloadFile(await requestOf(server), tools);
    expect(asked).toBe(2);
  });

  test('a folder that cannot be made: the error of the system, and nothing is asked for', async () => {
    const server = await serve(whole(CONTENT));
    const request = await requestOf(server);
    await writeFile(request.path, 'in the way of a folder');
    const below = { ...request, path: join(request.path, 'sub', 'w.pth') };
    expect(await failure(downloadFile(below, fakeTools()))).toMatchObject({ code: 'ENOTDIR' });
    expect(server.requests).toEqual([]);
  });

  test.skipIf(process.getuid?.() === 0)('a read-only folder: nothing is asked for', async () => {
    const server = await serve(whole(CONTENT));
    const request = await requestOf(server);
    await chmod(join(request.path, '..'), 0o500);
    expect(await failure(downloadFile(request, fakeTools()))).toMatchObject({ code: 'EACCES' });
    expect(server.requests).toEqual([]);
  });
});

describe('what is there already', () => {
  test('the right file: no request, the file untouched', async () => {
    const server = await serve(answer(500));
    const request = await requestOf(server);
    await writeFile(request.path, CONTENT);
    expect(await downloadFile(request, fakeTools())).toMatchObject({
      alreadyThere: true,
      checked: 'published-hash',
    });
    expect(server.requests).toEqual([]);
  });

  test('another file of that name: left alone, and said', async () => {
    const request = await requestOf(await serve(whole(CONTENT)));
    await writeFile(request.path, 'mine');
    const error = await failure(downloadFile(request, fakeTools()));
    expect(error.message).toMatch(
      /there is another file, of which the size is 4 and not 300000 bytes; it is left/,
    );
    expect(await readFile(request.path, 'utf8')).toBe('mine');
  });
});

test('an interruption in the middle: AbortError, the part is kept, the next call goes on from it', async () => {
  const controller = new AbortController();
  const server = await serve(silent(CONTENT, HALF), whole(CONTENT));
  const request = await requestOf(server);
  const tools = fakeTools({ signal: controller.signal });
  tools.onAdvance = (come) => {
    if (come === HALF) queueMicrotask(() => controller.abort());
  };
  expect(await failure(downloadFile(request, tools))).toMatchObject({ name: 'AbortError' });
  expect(await filesBeside(request)).toEqual(['w.pth.part', 'w.pth.part.json']);
  await downloadFile(request, fakeTools());
  expect(server.requests[1]!.headers.range).toBe(`bytes=${HALF}-`);
});

describe('several that want the same file', () => {
  test('one fetches, the others wait and take what it brought', async () => {
    const server = await serve(whole(CONTENT));
    const request = await requestOf(server);
    const tools = Array.from({ length: 3 }, () => fakeTools());
    const files = await Promise.all(tools.map((each) => downloadFile(request, each)));
    expect(server.requests).toHaveLength(1);
    expect(files.filter(({ alreadyThere }) => alreadyThere)).toHaveLength(2);
    expect(tools.flatMap(({ notes }) => notes).join()).toContain(`waiting for process ${process.pid}`);
    expect(await filesBeside(request)).toEqual(['w.pth']);
  });

  test('the lock of a process that is no more is taken over', async () => {
    const request = await requestOf(await serve(whole(CONTENT)));
    await lockOf(request.path, ENDED);
    const tools = fakeTools();
    await downloadFile(request, tools);
    expect(tools.waits).toEqual([]);
    expect(await filesBeside(request)).toEqual(['w.pth']);
  });

  test('the lock of another machine is waited for, until it goes', async () => {
    const request = await requestOf(await serve(whole(CONTENT)));
    await lockOf(request.path, 1, 'elsewhere');
    const lock = `${request.path}.lock`;
    const tools = fakeTools();
    tools.onWait = () => {
      if (tools.waits.length === 3) rmSync(lock, { recursive: true });
    };
    await downloadFile(request, tools);
    expect(tools.waits).toEqual([500, 500, 500]);
    expect(tools.notes).toEqual([
      `waiting for process 1 of elsewhere, which is at the same file; if it is not, delete ${lock}`,
    ]);
  });

  test('an interruption ends the wait', async () => {
    const controller = new AbortController();
    const request = await requestOf(await serve(whole(CONTENT)));
    await lockOf(request.path, 1, 'elsewhere');
    const tools = fakeTools({ signal: controller.signal });
    tools.onWait = () => controller.abort();
    expect(await failure(downloadFile(request, tools))).toMatchObject({ name: 'AbortError' });
  });
});
