import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { DatasetError } from '../../../datasets/index.ts';
import { openPictureReader } from '../../../harness/model/open-picture-reader.ts';
import { type LetterboxedPicture, pictureReader } from '../../../harness/model/picture-reader.ts';
import { inputsOf, type PrepareOptions, prepareImages } from '../../../harness/model/prepare-images.ts';
import { makeCocoFolder } from '../../support/make-coco-folder.ts';
import { suiteFolder } from '../../support/suite-folder.ts';

const PICTURES = 15;
const SIZE = { height: 96, width: 128 };
const OPTIONS = { size: SIZE, legacy: false };
/** The built thread: `npm test` builds it first. */
const ENTRY = new URL('../../../dist/harness/model/picture-thread.js', import.meta.url);

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);
/** To the bit; `toEqual` would take longer than the reading. */
const equal = (a: ArrayBufferView, b: ArrayBufferView): boolean => bytesOf(a).equals(bytesOf(b));

/** Options of `prepareImages`, and what its reader was asked. */
function watched(entry: URL | null) {
  const seen = {
    memory: [] as Float32Array[],
    /** Whether the memory of a request was gone once it was asked: it is on its way to the thread. */
    sent: [] as boolean[],
    inFlight: 0,
    mostInFlight: 0,
    closed: 0,
  };
  const options: PrepareOptions = {
    ...OPTIONS,
    openReader(images, preprocess) {
      const reader = openPictureReader(images, preprocess, entry);
      return {
        async read(path, pixels) {
          seen.memory.push(pixels);
          seen.mostInFlight = Math.max(seen.mostInFlight, ++seen.inFlight);
          const reading = reader.read(path, pixels);
          seen.sent.push(pixels.byteLength === 0);
          return reading.finally(() => seen.inFlight--);
        },
        close() {
          seen.closed++;
          return reader.close();
        },
      };
    },
  };
  return { seen, options };
}

describe.each([
  ['on a thread', ENTRY],
  ['on this thread', null],
])('preparing images %s', (_, entry) => {
  const folder = suiteFolder();
  const sources = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ path: join(folder, 'images', `${index + 1}.png`) }));
  const broken = { path: join(folder, 'broken.png') };
  let expected: LetterboxedPicture[];
  beforeAll(async () => {
    await makeCocoFolder(folder, PICTURES);
    await writeFile(broken.path, 'no picture');
    const reader = pictureReader(OPTIONS);
    const memory = (): Float32Array<ArrayBuffer> => new Float32Array(3 * SIZE.height * SIZE.width);
    expected = await Promise.all(sources(PICTURES).map(({ path }) => reader.read(path, memory())));
  });

  it('gives all in order, each as it is read alone, some ahead of the caller', async () => {
    const { seen, options } = watched(entry);
    const all = sources(PICTURES);
    let count = 0;
    for await (const { source, pixels, letterboxRatio, picture } of prepareImages(all, options)) {
      expect(source).toBe(all[count]);
      const { pixels: wanted, ...more } = expected[count]!;
      expect({ letterboxRatio, picture }).toEqual(more);
      expect(equal(pixels.data, wanted)).toBe(true);
      expect(pixels.shape).toEqual([1, 3, SIZE.height, SIZE.width]);
      count++;
      // The one at the caller's, and three more.
      expect(seen.memory).toHaveLength(Math.min(count + 3, PICTURES));
    }
    expect(count).toBe(PICTURES);
    expect(seen.sent).toEqual(Array(PICTURES).fill(entry !== null));
    expect(seen).toMatchObject({ inFlight: 0, closed: 1 });
    expect(seen.mostInFlight).toBeLessThanOrEqual(4);
  });

  it('reads into the memory of images that the caller has left, and into no more than four', async () => {
    const { seen, options } = watched(entry);
    const left: Float32Array[] = [];
    for await (const { pixels } of prepareImages(sources(PICTURES), options)) {
      for (const memory of seen.memory.slice(4)) expect(left).toContain(memory);
      left.push(pixels.data as Float32Array);
    }
    expect(seen.memory).toHaveLength(PICTURES);
  });

  it('closes the reader when the caller leaves early, with reads under way', async () => {
    const { seen, options } = watched(entry);
    for await (const { source } of prepareImages(sources(PICTURES), options)) {
      if (source.path.endsWith('/2.png')) break;
    }
    expect(seen).toMatchObject({ closed: 1 });
    expect(seen.memory).toHaveLength(5);
  });

  it("closes it when the caller fails, and the error is the caller's", async () => {
    const { seen, options } = watched(entry);
    const work = async (): Promise<void> => {
      for await (const _ of prepareImages(sources(PICTURES), options)) throw new RangeError('mine');
    };
    await expect(work()).rejects.toThrow(new RangeError('mine'));
    expect(seen.closed).toBe(1);
  });

  it('raises an unreadable image at its turn, when those before it have been given', async () => {
    const { seen, options } = watched(entry);
    const all = sources(PICTURES);
    all.splice(5, 1, broken);
    let count = 0;
    const work = async (): Promise<void> => {
      for await (const { pixels } of prepareImages(all, options)) {
        // Time for the reads ahead: the failure is known long before its turn.
        await expect.poll(() => seen.inFlight).toBe(0);
        expect(equal(pixels.data, expected[count++]!.pixels)).toBe(true);
      }
    };
    const error: unknown = await work().catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(DatasetError);
    expect((error as Error).message).toContain(broken.path);
    expect([count, seen.closed]).toEqual([5, 1]);
  });

  it('takes a thread, if it has one, from 12 images on', async () => {
    for (const count of [0, 11, 12]) {
      const { seen, options } = watched(entry);
      const inputs = await inputsOf(sources(count), options);
      expect(inputs).toHaveLength(count);
      expect(inputs.every(({ data }, index) => equal(data, expected[index]!.pixels))).toBe(true);
      expect(seen.sent).toEqual(Array(count).fill(entry !== null && count >= 12));
      expect(seen.closed).toBe(1);
    }
  });
});
