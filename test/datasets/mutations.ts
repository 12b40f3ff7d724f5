import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { DatasetError, loadDataset, readImage, readResults } from '../../datasets/index.ts';
import { createRandom, type Random } from '../../reference/random.ts';
import { smallGroundTruth } from './small-ground-truth.ts';

/** What became of mutated files. Anything else than these two, a crash or a hang, fails the test that counts. */
export interface Outcome {
  readonly accepted: number;
  readonly refused: number;
}

/** A mutation of a few kilobytes that is still at work after this is a hang. */
const PATIENCE_MILLISECONDS = 20_000;

/** Flips, overwrites, inserts, removes, repeats and cuts bytes. */
export function mutateBytes(source: Uint8Array, random: Random): Uint8Array {
  let bytes: Uint8Array = Uint8Array.from(source);
  for (let times = 1 + random.integer(4); times > 0; times--) {
    const at = random.integer(bytes.length + 1);
    const length = 1 + random.integer(12);
    const kind = random.integer(6);
    if (kind === 0) bytes[at] ^= 1 << random.integer(8);
    else if (kind === 1) bytes.fill(random.integer(256), at, at + length);
    else if (kind === 2)
      bytes = splice(
        bytes,
        at,
        0,
        Uint8Array.from({ length }, () => random.integer(256)),
      );
    else if (kind === 3) bytes = splice(bytes, at, length, new Uint8Array(0));
    else if (kind === 4)
      bytes = splice(bytes, random.integer(bytes.length + 1), 0, bytes.slice(at, at + 8 * length));
    else if (random.next() < 0.3) bytes = bytes.slice(0, at);
  }
  return bytes;
}

function splice(bytes: Uint8Array, at: number, remove: number, insert: Uint8Array): Uint8Array {
  const out = new Uint8Array(Math.max(at, bytes.length - remove) + insert.length);
  out.set(bytes.subarray(0, at));
  out.set(insert, at);
  out.set(bytes.subarray(Math.min(bytes.length, at + remove)), at + insert.length);
  return out.subarray(0, at + insert.length + Math.max(0, bytes.length - at - remove));
}

const ODD_VALUES: readonly unknown[] = [
  null,
  true,
  '',
  '1',
  '\u0000',
  'é'.repeat(300),
  -1,
  0,
  1.5,
  1e308,
  -1e308,
  2 ** 53,
  [],
  {},
  [null],
  [[]],
  [1, 2, 3, 4],
  { id: 1 },
  '__proto__',
  'constructor',
];

/** Replaces, removes, doubles or adds values anywhere in a JSON value. */
function mutateStructure(source: unknown, random: Random): unknown {
  const value: unknown = structuredClone(source);
  const places: { holder: Record<string, unknown>; key: string }[] = [];
  const walk = (holder: Record<string, unknown>): void => {
    for (const key of Object.keys(holder)) {
      places.push({ holder, key });
      const child = holder[key];
      if (child !== null && typeof child === 'object') walk(child as Record<string, unknown>);
    }
  };
  walk(value as Record<string, unknown>);
  for (let times = 1 + random.integer(3); times > 0; times--) {
    const { holder, key } = places[random.integer(places.length)];
    const odd = ODD_VALUES[random.integer(ODD_VALUES.length)];
    const kind = random.integer(5);
    if (kind === 0) Reflect.deleteProperty(holder, key);
    else if (kind === 1 && Array.isArray(holder)) holder.push(structuredClone(holder[Number(key)]));
    else if (kind === 2) holder[String(odd)] = structuredClone(holder[key]);
    else holder[key] = structuredClone(odd);
  }
  return value;
}

/** Python's way of writing what JSON has no number for, in a random place. */
function withPythonLiteral(text: string, random: Random): string {
  const numbers = [...text.matchAll(/-?\d+(?:\.\d+)?/g)];
  const { index, 0: number } = numbers[random.integer(numbers.length)];
  const literal = ['NaN', 'Infinity', '-Infinity'][random.integer(3)];
  return text.slice(0, index) + literal + text.slice(index + number.length);
}

async function settle(work: Promise<unknown>, what: string): Promise<'accepted' | 'refused'> {
  let timer: NodeJS.Timeout | undefined;
  const hang = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`hangs: ${what}`)), PATIENCE_MILLISECONDS);
  });
  try {
    await Promise.race([work, hang]);
    return 'accepted';
  } catch (error) {
    if (error instanceof DatasetError && !error.message.includes('\n') && error.message.length < 2000)
      return 'refused';
    throw new Error(`${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`, {
      cause: error,
    });
  } finally {
    clearTimeout(timer);
  }
}

async function tally(
  count: number,
  attempt: (i: number) => Promise<'accepted' | 'refused'>,
): Promise<Outcome> {
  const outcome = { accepted: 0, refused: 0 };
  for (let i = 0; i < count; i++) outcome[await attempt(i)]++;
  return outcome;
}

/** Annotation and results files, spoilt as bytes, as structures and with Python's literals, read from disk. */
export async function mutateJsonFiles(dir: string, count: number, seed: number): Promise<Outcome> {
  const random = createRandom(seed);
  const results = [
    { image_id: 1, category_id: 3, bbox: [1, 2, 3, 4], score: 0.5 },
    { image_id: 2, category_id: 1, bbox: [1.5, 2, 3, 4], score: 0.25, segmentation: [] },
  ];
  const path = join(dir, 'instances.json');
  const location = { name: 'x', split: '', annotationsPath: path, imageDir: dir };
  return tally(count, async (i) => {
    const source = i % 4 === 3 ? results : smallGroundTruth();
    const text = JSON.stringify(source, undefined, random.integer(3));
    const kind = random.integer(8);
    const content =
      kind === 0
        ? withPythonLiteral(text, random)
        : kind < 4
          ? mutateBytes(Buffer.from(text), random)
          : JSON.stringify(mutateStructure(source, random));
    await writeFile(path, content ?? '');
    return settle(
      i % 4 === 3 ? readResults(path) : loadDataset(location),
      `JSON mutation ${i} of seed ${seed}`,
    );
  });
}

/** JPEG (baseline, progressive, with EXIF), PNG (8 and 16 bits, palette, alpha) and WebP files, spoilt as bytes. */
export async function mutateImageFiles(count: number, seed: number): Promise<Outcome> {
  const random = createRandom(seed);
  const noise = Uint8Array.from({ length: 24 * 16 * 3 }, () => random.integer(256));
  const picture = () => sharp(noise, { raw: { width: 24, height: 16, channels: 3 } });
  const sources = await Promise.all([
    picture().jpeg().toBuffer(),
    picture().withMetadata({ orientation: 6 }).jpeg({ progressive: true }).toBuffer(),
    picture().toColourspace('cmyk').jpeg().toBuffer(),
    picture().png().toBuffer(),
    picture().png({ palette: true }).toBuffer(),
    picture().ensureAlpha(0.5).toColourspace('rgb16').png().toBuffer(),
    picture().webp().toBuffer(),
    picture().ensureAlpha(0.5).webp({ lossless: true }).toBuffer(),
  ]);
  return tally(count, async (i) => {
    const bytes = mutateBytes(sources[i % sources.length], random);
    const work = readImage(bytes, { maxPixels: 4_000_000 }).then(({ height, width, data }) => {
      if (data.length !== height * width * 3) throw new Error(`${data.length} bytes for ${width}×${height}`);
    });
    return settle(work, `picture mutation ${i} of seed ${seed}`);
  });
}
