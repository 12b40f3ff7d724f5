import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { readImage } from '../../../datasets/index.ts';
import { captureCli } from '../../support/capture-cli.ts';
import { hasShared, sharedPath } from '../../support/shared.ts';
import { suiteFolder } from '../../support/suite-folder.ts';

interface DetectedImage {
  readonly image: string;
  readonly detections: { classIndex: number; name: string; score: number; xyxy: number[] }[];
}

const dir = suiteFolder();
const at = (...parts: string[]): string => join(dir, ...parts);

describe.skipIf(!hasShared)('detect with YOLOX-nano', () => {
  const weights = sharedPath('data', 'yolox_nano', 'yolox_nano.pth');
  const dog = sharedPath('data', 'images', 'dog.jpg');
  const rotated = at('rotated.jpg');

  beforeAll(async () => {
    // Stored a quarter turn to the left; EXIF 6 turns it upright again.
    await sharp(dog).rotate(270).withMetadata({ orientation: 6 }).jpeg({ quality: 95 }).toFile(rotated);
  });

  test.each([416, 640])('dog.jpg at %i: the golden set of detections, image pixels', async (size) => {
    const { exitCode, stdout } = await captureCli(
      ...[
        'detect',
        dog,
        '--weights',
        weights,
        '--conf',
        '0.25',
        '--nms',
        '0.45',
        '--size',
        `${size}`,
        '--json',
      ],
    );
    expect(exitCode).toBe(0);
    const [{ detections }] = JSON.parse(stdout) as [DetectedImage];
    const { by_size } = JSON.parse(
      readFileSync(sharedPath('golden', 'postprocess', 'dog_nano.json'), 'utf8'),
    ) as { by_size: Record<string, number[][]> };
    const golden = by_size[size]!;
    expect(detections).toHaveLength(golden.length);
    const open = [...detections];
    for (const [x1, y1, x2, y2, obj, cls, classIndex] of golden) {
      const index = open.findIndex(
        (found) =>
          found.classIndex === classIndex &&
          Math.abs(found.score - obj! * cls!) < 1e-4 &&
          [x1, y1, x2, y2].every((value, axis) => Math.abs(value! - found.xyxy[axis]!) < 0.05),
      );
      expect(index, `${classIndex} at ${x1}, ${y1}`).toBeGreaterThanOrEqual(0);
      open.splice(index, 1);
    }
  });

  test('prints a table an image and draws each as PNG of the size of the upright picture', async () => {
    const out = at('drawn');
    const { exitCode, stdout } = await captureCli(
      ...['detect', dog, rotated, '--weights', weights, '--size', '416', '--out', out],
    );
    expect(exitCode).toBe(0);
    for (const path of [dog, rotated])
      expect(stdout).toMatch(new RegExp(`${path}: 5 detections\nclass +score`));
    expect(stdout).toMatch(/\ndog +0\.8\d+ +\d+\.\d +\d+\.\d +\d+\.\d +\d+\.\d\n/);
    expect(readdirSync(out).sort()).toEqual(['dog.png', 'rotated.png']);
    for (const name of ['dog.png', 'rotated.png']) {
      const { format, width, height } = await sharp(join(out, name)).metadata();
      expect({ format, width, height }).toEqual({ format: 'png', width: 768, height: 576 });
    }
  });

  test('draws on the picture: pixels change along the boxes and stay as they are away from everything', async () => {
    const [before, after] = [await readImage(dog), await readImage(at('drawn', 'dog.png'))];
    const changed = (x: number, y: number): boolean =>
      [0, 1, 2].some((c) => before.data[3 * (768 * y + x) + c] !== after.data[3 * (768 * y + x) + c]);
    // The dog's box of golden/postprocess/dog_nano.json: [132.8, 206.6, 325.7, 543.1].
    for (let x = 140; x < 320; x += 10) expect(changed(x, 543)).toBe(true);
    for (let y = 250; y < 540; y += 10) expect(changed(133, y)).toBe(true);
    expect(changed(20, 20)).toBe(false);
    expect(changed(700, 500)).toBe(false);
  });

  test('finds the same in the picture turned by EXIF', async () => {
    const { stdout } = await captureCli(
      ...['detect', dog, rotated, '--weights', weights, '--size', '416', '--json'],
    );
    const [upright, turned] = JSON.parse(stdout) as [DetectedImage, DetectedImage];
    const best = ({ detections }: DetectedImage) => detections[0]!;
    expect(best(upright).name).toBe('dog');
    expect(best(turned).name).toBe('dog');
    best(upright).xyxy.forEach((value, axis) => {
      expect(Math.abs(value - best(turned).xyxy[axis]!)).toBeLessThan(8);
    });
  });

  test('--names gives the names, one a line', async () => {
    const lines = Array.from({ length: 80 }, (_, index) => `Klasse ${index}`);
    await writeFile(at('names.txt'), `${lines.join('\n')}\n`);
    const { stdout } = await captureCli(
      ...['detect', dog, '--weights', weights, '--size', '416', '--names', at('names.txt'), '--json'],
    );
    expect((JSON.parse(stdout) as DetectedImage[])[0]!.detections[0]!.name).toBe('Klasse 16');
  });
});

test('draws on the very pixels the network saw: a CMYK picture is decoded by one formula', async () => {
  const cmyk = at('cmyk.jpg');
  const colours = Uint8Array.from({ length: 48 * 32 * 3 }, (_, i) => (i * 7) % 256);
  await sharp(colours, { raw: { width: 48, height: 32, channels: 3 } })
    .toColourspace('cmyk')
    .jpeg()
    .toFile(cmyk);
  const out = at('drawn-cmyk');
  const args = ['--weights', 'random:yolox-nano', '--size', '64', '--conf', '1', '--out', out];
  const { exitCode, stdout } = await captureCli('detect', cmyk, ...args);
  expect({ exitCode, stdout: stdout.includes('0 detections') }).toEqual({ exitCode: 0, stdout: true });
  const [seen, drawn] = [await readImage(cmyk), await readImage(join(out, 'cmyk.png'))];
  expect(Buffer.compare(seen.data, drawn.data)).toBe(0);
});

describe('detect refuses with one sentence that has the value and the fix', () => {
  const picture = at('picture.png');
  const blank = { create: { width: 40, height: 30, channels: 3, background: '#777' } } as const;
  beforeAll(async () => {
    await sharp(blank).png().toFile(picture);
    await writeFile(at('few.txt'), 'a\nb\n');
    await writeFile(at('text.jpg'), 'this is no picture');
    await mkdir(at('used'));
    await writeFile(at('used', 'theirs'), '');
  });

  test.each<[string, number, () => string[], RegExp]>([
    ['a missing picture', 3, () => [at('no.jpg')], /cannot read the picture .*no\.jpg/],
    ['no picture', 3, () => [at('text.jpg')], /cannot decode .*text\.jpg: .*; convert it/],
    [
      'too few names',
      3,
      () => [picture, '--names', at('few.txt')],
      /few\.txt has 2 class names .* 80 classes/,
    ],
    ['no such names', 3, () => [picture, '--names', at('no.txt')], /no\.txt \(ENOENT\): give a text file/],
    ['a threshold', 2, () => [picture, '--conf', '2'], /--conf 2 is not between 0 and 1/],
    ['a size', 2, () => [picture, '--size', '100'], /--size 100x100 does not fit: .*multiple of 32/],
    ['a used folder', 2, () => [picture, '--out', at('used')], /used: it is not empty; give --out/],
    [
      'one name twice',
      2,
      () => [picture, join('other', 'picture.jpg')],
      /would both be drawn as picture\.png/,
    ],
  ])('%s: exit %i', async (_, exitCode, args, sentence) => {
    const given = args();
    const common = given.includes('--size') ? [] : ['--size', '64'];
    const result = await captureCli('detect', ...given, ...common, '--weights', 'random:yolox-nano');
    expect(result).toMatchObject({ exitCode, stdout: '', stderr: expect.stringMatching(sentence) });
    expect(existsSync(at('out'))).toBe(false);
  });
});
