import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DatasetError } from '../../../datasets/index.ts';
import { type PictureReader, pictureReader } from '../../../harness/model/picture-reader.ts';
import { threadedPictureReader } from '../../../harness/model/threaded-picture-reader.ts';
import { makeCocoFolder } from '../../support/make-coco-folder.ts';
import { suiteFolder } from '../../support/suite-folder.ts';

const PICTURES = 9;
const SIZE = { height: 96, width: 128 };
const OPTIONS = { size: SIZE, legacy: false };
/** The built thread: `npm test` builds it first. */
const ENTRY = new URL('../../../dist/harness/model/picture-thread.js', import.meta.url);

const memory = (): Float32Array<ArrayBuffer> => new Float32Array(3 * SIZE.height * SIZE.width);

describe('reading pictures on a thread', () => {
  const folder = suiteFolder();
  const path = (id: number): string => join(folder, 'images', `${id}.png`);
  let reader: PictureReader;
  beforeAll(async () => {
    await makeCocoFolder(folder, PICTURES);
    reader = threadedPictureReader(ENTRY, OPTIONS);
  });
  afterAll(() => reader.close());

  it('gives each of many requests in flight its own picture, equal to reading on this thread', async () => {
    const ids = Array.from({ length: PICTURES }, (_, index) => index + 1);
    const read = await Promise.all(ids.map((id) => reader.read(path(id), memory())));
    for (const [index, id] of ids.entries()) {
      expect(read[index]).toEqual(await pictureReader(OPTIONS).read(path(id), memory()));
    }
  });

  it('takes the memory with it and hands the same bytes back', async () => {
    const pixels = memory();
    const bytes = pixels.byteLength;
    const reading = reader.read(path(1), pixels);
    expect(pixels.byteLength).toBe(0);
    expect((await reading).pixels.byteLength).toBe(bytes);
  });

  it('says of an unreadable file what reading on this thread says, and goes on', async () => {
    const broken = join(folder, 'broken.png');
    await writeFile(broken, 'no picture');
    const here = await pictureReader(OPTIONS)
      .read(broken, memory())
      .catch((error: Error) => error);
    expect(here).toBeInstanceOf(DatasetError);
    const there = await reader.read(broken, memory()).catch((error: Error) => error);
    expect(there).toBeInstanceOf(DatasetError);
    expect((there as Error).message).toBe((here as Error).message);
    await expect(reader.read(path(1), memory())).resolves.toHaveProperty('letterboxRatio', 1.5);
  });

  it('raises a defect of the thread as one, with its stack', async () => {
    const tooSmall = new Float32Array(3) as Float32Array<ArrayBuffer>;
    const failure = await reader.read(path(1), tooSmall).catch((error: Error) => error);
    expect(failure).toBeInstanceOf(Error);
    expect(failure).not.toBeInstanceOf(DatasetError);
    expect((failure as Error).message).toContain('letterbox.js');
  });

  it('fails what is in flight and what comes after when the thread ends', async () => {
    const closing = threadedPictureReader(ENTRY, OPTIONS);
    const flying = closing.read(path(1), memory()).catch((error: Error) => error.message);
    await closing.close();
    expect(await flying).toMatch(/the thread that reads pictures ended/);
    await expect(closing.read(path(1), memory())).rejects.toThrow(/the thread that reads pictures ended/);
  });

  it('fails in the same way when the thread cannot start', async () => {
    const missing = threadedPictureReader(new URL(`file://${join(tmpdir(), 'no-such-thread.js')}`), OPTIONS);
    await expect(missing.read(path(1), memory())).rejects.toThrow(/no-such-thread/);
    await missing.close();
  });
});
