import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadWeights, writeLegacyCheckpoint, writeZipCheckpoint } from '../../../harness/weights/index.ts';
import { type AnyTensor, elementCount, float32Tensor } from '../../../reference/tensor.ts';
import { fingerprint, storedEntries, temporaryFolder } from './support.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

const WRITERS = [
  ['legacy', writeLegacyCheckpoint, 'legacy-checkpoint'],
  ['zip', writeZipCheckpoint, 'zip-checkpoint'],
] as const;

const TYPES = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
} as const;

/** Any bits in any type and shape, NaN payloads and negative zeros too. */
const tensors = fc
  .array(
    fc.record({
      name: fc.string({ minLength: 1, unit: 'grapheme' }),
      dtype: fc.constantFrom(...(Object.keys(TYPES) as (keyof typeof TYPES)[])),
      shape: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
      seed: fc.uint8Array({ minLength: 16, maxLength: 16 }),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((list) => {
    const named = new Map<string, AnyTensor>();
    for (const { name, dtype, shape, seed } of list) {
      const data = new TYPES[dtype](elementCount(shape));
      new Uint8Array(data.buffer).forEach((_, i, bytes) => {
        bytes[i] = seed[i % 16] ^ i;
      });
      named.set(name, { dtype, shape, data } as AnyTensor);
    }
    return named;
  })
  .filter((named) => ![...named.keys()].every((name) => name.startsWith('module.')));

describe.each(WRITERS)('%s', (_, write, format) => {
  it('round trip: every name, type, shape and bit comes back', async () => {
    const path = join(folder.path, `round-trip-${format}`);
    await fc.assert(
      fc.asyncProperty(tensors, async (named) => {
        await write(path, named);
        const loaded = await loadWeights(path);
        expect(loaded.format).toBe(format);
        expect(fingerprint(loaded.tensors)).toEqual(fingerprint(named));
      }),
      { numRuns: 60 },
    );
  });

  it('a file too large to be read at once comes back too', async () => {
    const path = join(folder.path, `large-${format}`);
    const data = Float32Array.from({ length: 17_000_000 }, (_, i) => i);
    const ends = float32Tensor(Float32Array.of(1, 2, 3), [3]);
    await write(
      path,
      new Map([
        ['first', ends],
        ['large', float32Tensor(data, [data.length])],
        ['last', ends],
      ]),
    );
    const { tensors } = await loadWeights(path);
    const large = tensors.get('large')!.data;
    expect(Buffer.compare(Buffer.from(large.buffer), Buffer.from(data.buffer))).toBe(0);
    expect(tensors.get('first')!.data).toEqual(ends.data);
    expect(tensors.get('last')!.data).toEqual(ends.data);
  });

  it('a view of a larger array is written alone', async () => {
    const path = join(folder.path, `view-${format}`);
    const data = Float32Array.of(1, 2, 3, 4, 5, 6).subarray(2, 4);
    await write(path, new Map([['a', float32Tensor(data, [2])]]));
    expect((await loadWeights(path)).tensors.get('a')?.data).toEqual(Float32Array.of(3, 4));
  });

  it('the same weights give the same bytes', async () => {
    const named = new Map([['a', float32Tensor(Float32Array.of(1, 2), [2])]]);
    const paths = [join(folder.path, `one-${format}`), join(folder.path, `two-${format}`)];
    for (const path of paths) await write(path, named);
    expect(readFileSync(paths[0])).toEqual(readFileSync(paths[1]));
  });

  it('leaves nothing behind when the values do not fill the shape', async () => {
    const before = await readdir(folder.path);
    const wrong = { dtype: 'float32', shape: [3], data: new Float32Array(2) } as const;
    await expect(write(join(folder.path, 'never'), new Map([['a', wrong]]))).rejects.toThrow(
      /cannot save "a": it has 2 values where its shape \[3\] needs 3/,
    );
    expect(await readdir(folder.path)).toEqual(before);
  });

  it('a folder that is not there is an error with its code, and no file', async () => {
    const named = new Map([['a', float32Tensor(new Float32Array(1), [1])]]);
    await expect(write(join(folder.path, 'no', 'folder'), named)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('what PyTorch looks for', () => {
  const named = new Map([['w', float32Tensor(Float32Array.of(1.5), [1])]]);

  it('zip: a root folder with data.pkl first, byteorder, version 3 and stored storages', async () => {
    const path = join(folder.path, 'layout.pth');
    await writeZipCheckpoint(path, named);
    const entries = storedEntries(readFileSync(path));
    expect(Object.keys(entries)).toEqual([
      'archive/data.pkl',
      'archive/byteorder',
      'archive/data/0',
      'archive/version',
    ]);
    expect(entries['archive/version'].toString()).toBe('3\n');
    expect(entries['archive/byteorder'].toString()).toBe('little');
    expect(entries['archive/data/0'].readFloatLE(0)).toBe(1.5);
  });

  it('legacy: magic number and protocol in pickle protocol 2, elements after their int64 count', async () => {
    const path = join(folder.path, 'layout.pt');
    await writeLegacyCheckpoint(path, named);
    const bytes = readFileSync(path);
    expect(bytes.subarray(0, 15).toString('hex')).toBe('80028a0a6cfc9c46f9206aa850192e');
    expect(bytes.subarray(-12).toString('hex')).toBe('01000000000000000000c03f');
  });
});
