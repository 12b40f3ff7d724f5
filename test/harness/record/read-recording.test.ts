import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { sha256 } from '../../../datasets/sha256.ts';
import { BadDataError } from '../../../harness/errors.ts';
import { type ReadRecording, readRecording } from '../../../harness/record/read-recording.ts';
import { python } from '../../support/python.ts';
import { suiteFolder } from '../../support/suite-folder.ts';
import { furnish, type Json, makePlan, readJson, recordPlan, rewriteListed } from './recording-folder.ts';

const NAME = 'mlu-offline';
const IMAGES = 3;
/** All that a reader of one backend looks at. */
const FILES = [
  ...['SHA256SUMS', 'plan.json', 'recording.json', `${NAME}/timed/4.npy`],
  ...Array.from({ length: IMAGES }, (_, index) => `${NAME}/outputs/${index + 1}.npy`),
];

describe.skipIf(python === null)('a recording that was harmed on its way', () => {
  const dir = suiteFolder();
  const [good, harmed] = [join(dir, 'recording'), join(dir, 'harmed')];
  let contents: ReadonlyMap<string, Buffer>;
  beforeAll(async () => {
    await furnish(dir, IMAGES);
    await recordPlan(await makePlan(dir, 'plan', '--latency-requests', '5'), good);
    cpSync(good, harmed, { recursive: true });
    contents = new Map(FILES.map((file) => [file, readFileSync(join(good, file))]));
  });

  /** A fresh copy, spoilt. */
  async function readHarmed(spoil: () => void): Promise<ReadRecording | string> {
    for (const [file, content] of contents) writeFileSync(join(harmed, file), content);
    spoil();
    try {
      return await readRecording(harmed, NAME);
    } catch (error) {
      // Anything else is a defect.
      expect(error).toBeInstanceOf(BadDataError);
      return (error as Error).message;
    }
  }

  const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  const damage = fc.oneof(
    fc.record({ kind: fc.constant('flip' as const), place, bit: fc.integer({ min: 0, max: 7 }) }),
    fc.record({ kind: fc.constant('cut' as const), place }),
    fc.record({
      kind: fc.constant('insert' as const),
      place,
      bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }),
    }),
  );

  function harm(bytes: Buffer, how: typeof damage extends fc.Arbitrary<infer T> ? T : never): Buffer {
    const at = Math.floor(how.place * bytes.length);
    if (how.kind === 'cut') return bytes.subarray(0, at);
    if (how.kind === 'insert') return Buffer.concat([bytes.subarray(0, at), how.bytes, bytes.subarray(at)]);
    const flipped = Buffer.from(bytes);
    flipped[at]! ^= 1 << how.bit;
    return flipped;
  }

  test('no changed byte of what is used gets past the hashes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...FILES), damage, async (file, how) => {
        const outcome = await readHarmed(() =>
          writeFileSync(join(harmed, file), harm(readFileSync(join(good, file)), how)),
        );
        // Lines of the list that are of other files may change; then all is read as it was.
        if (file === 'SHA256SUMS' && typeof outcome !== 'string') {
          const { folder: _, images: __, ...read } = outcome;
          expect(await readRecording(good, NAME)).toMatchObject(read);
        } else expect(outcome).toEqual(expect.stringMatching(/cannot (use|read) /));
      }),
      { numRuns: 120 },
    );
  });

  test('an array that was changed together with its hashes is refused, or whole and finite', async () => {
    await fc.assert(
      fc.asyncProperty(damage, async (how) => {
        const file = `${NAME}/outputs/2.npy`;
        const outcome = await readHarmed(() => {
          const content = harm(readFileSync(join(good, file)), how);
          const recording = readJson(harmed, 'recording.json');
          const { images } = recording.backends.find(({ name }: Json) => name === NAME);
          images.find(({ id }: Json) => id === 2).sha256 = sha256(content);
          rewriteListed(harmed, file, content);
          rewriteListed(harmed, 'recording.json', JSON.stringify(recording));
        });
        if (typeof outcome === 'string') return;
        const { shape, data } = await outcome.images[1]!.output();
        expect(shape).toEqual([1, 84, 85]);
        expect(data.every((value) => Number.isFinite(value))).toBe(true);
      }),
      { numRuns: 120 },
    );
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])(
    '%d in an array is refused with its place',
    async (value) => {
      const outcome = await readHarmed(() => {
        const file = `${NAME}/outputs/2.npy`;
        const content = Buffer.from(readFileSync(join(good, file)));
        content.writeFloatLE(value, content.length - 4);
        const recording = readJson(harmed, 'recording.json');
        const { images } = recording.backends.find(({ name }: Json) => name === NAME);
        images[1].sha256 = sha256(content);
        rewriteListed(harmed, file, content);
        rewriteListed(harmed, 'recording.json', JSON.stringify(recording));
      });
      expect(outcome).toContain(`outputs/2.npy: it holds ${value} at flat index ${84 * 85 - 1}`);
    },
  );

  /** Every path of a JSON value. */
  function pathsOf(value: Json, path: (string | number)[] = []): (string | number)[][] {
    if (typeof value !== 'object' || value === null) return [path];
    return [path, ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...path, key]))];
  }

  const junk = fc.constantFrom<Json>(
    null,
    '',
    '../../etc/passwd',
    -1,
    0,
    1.5,
    1e300,
    [],
    {},
    true,
    [null],
    undefined,
  );

  test.each(['plan.json', 'recording.json'])(
    'any entry of %s may be anything: refused, or read as valid',
    async (file) => {
      const json = readJson(good, file);
      const paths = pathsOf(json).filter((path) => path.length > 0);
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...paths), junk, async (path, value) => {
          const outcome = await readHarmed(() => {
            const spoilt = readJson(harmed, file);
            const parent = path.slice(0, -1).reduce((at: Json, key) => at[key], spoilt);
            parent[path.at(-1)!] = value;
            const text = JSON.stringify(spoilt);
            rewriteListed(harmed, file, text);
            if (file === 'plan.json') {
              const recording = readJson(harmed, 'recording.json');
              rewriteListed(harmed, 'recording.json', JSON.stringify({ ...recording, plan: sha256(text) }));
            }
          });
          if (typeof outcome === 'string') return;
          for (const image of outcome.images) expect((await image.output()).shape).toEqual([1, 84, 85]);
          for (const { hostMs } of outcome.latency) expect(hostMs.every((time) => time >= 0)).toBe(true);
        }),
        { numRuns: 150 },
      );
    },
  );
});
