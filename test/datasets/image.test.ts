import { createHash } from 'node:crypto';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { DatasetError, readImage, readImageSize, toSharp } from '../../datasets/index.ts';
import { bgrImage } from '../../reference/preprocess/index.ts';
import { scratchFolder } from './scratch.ts';

const WIDTH = 13;
const HEIGHT = 9;
const rgb = Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => (i * 89 + (i >> 3) * 31) % 256);
const bgr = rgb.map((_, i) => rgb[i - (i % 3) + (2 - (i % 3))]);
const picture = () => sharp(rgb, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } });

async function refusal(bytes: Uint8Array): Promise<string> {
  const error: unknown = await readImage(bytes, { name: 'x.jpg' }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(DatasetError);
  expect((error as DatasetError).message).toMatch(/^cannot decode x\.jpg: [^\n]+$/);
  return (error as DatasetError).message;
}

describe('readImage (as cv2.imread)', () => {
  test('channels are blue, green, red, row-major', async () => {
    const image = await readImage(await picture().png().toBuffer());
    expect([image.height, image.width]).toEqual([HEIGHT, WIDTH]);
    expect([...image.data]).toEqual([...bgr]);
    expect([...(await readImage(await picture().webp({ lossless: true }).toBuffer())).data]).toEqual([
      ...bgr,
    ]);
  });

  test('grey is repeated in three channels, from JPEG and from PNG of 8 and 16 bits', async () => {
    const grey = picture().greyscale();
    for (const file of [
      await grey.clone().jpeg().toBuffer(),
      await grey.clone().toColourspace('b-w').png().toBuffer(),
      await grey.clone().toColourspace('grey16').png().toBuffer(),
      await grey.clone().toColourspace('b-w').ensureAlpha(0.5).png().toBuffer(),
    ]) {
      const { data } = await readImage(file);
      expect(data).toHaveLength(bgr.length);
      expect(data.every((level, i) => level === data[i - (i % 3)])).toBe(true);
      expect(new Set(data).size).toBeGreaterThan(10);
    }
  });

  test('alpha is dropped, not blended; 16 bits are cut to the upper 8', async () => {
    for (const file of [
      await picture().ensureAlpha(0.25).png().toBuffer(),
      await picture().toColourspace('rgb16').png().toBuffer(),
      await picture().ensureAlpha(0).toColourspace('rgb16').png().toBuffer(),
    ]) {
      expect([...(await readImage(file)).data]).toEqual([...bgr]);
    }
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('EXIF orientation %i is applied', async (orientation) => {
    const dir = await scratchFolder({
      'x.png': await picture().withMetadata({ orientation }).png().toBuffer(),
    });
    const image = await readImage(join(dir, 'x.png'));
    const turned = orientation >= 5;
    expect([image.height, image.width]).toEqual(turned ? [WIDTH, HEIGHT] : [HEIGHT, WIDTH]);
    expect(await readImageSize(join(dir, 'x.png'))).toEqual({ width: image.width, height: image.height });
    const flipX = [2, 3, 7, 8].includes(orientation);
    const flipY = [3, 4, 6, 7].includes(orientation);
    for (let y = 0; y < image.height; y++)
      for (let x = 0; x < image.width; x++) {
        let [row, column] = turned ? [x, y] : [y, x];
        if (flipX) column = WIDTH - 1 - column;
        if (flipY) row = HEIGHT - 1 - row;
        expect(image.data[(y * image.width + x) * 3]).toBe(bgr[(row * WIDTH + column) * 3]);
      }
  });

  test('an ICC profile is ignored', async () => {
    const plain = await picture().png().toBuffer();
    const profiled = await picture().withIccProfile('p3', { attach: true }).png().toBuffer();
    const untouched = await sharp(profiled, { ignoreIcc: true }).removeAlpha().raw().toBuffer();
    const { data } = await readImage(profiled);
    expect(data.every((level, i) => level === untouched[i - (i % 3) + (2 - (i % 3))])).toBe(true);
    expect((await sharp(profiled).metadata()).hasProfile).toBe(true);
    expect((await sharp(plain).metadata()).hasProfile).toBe(false);
  });

  test('CMYK is converted by the formula of OpenCV, with and without the marker of Adobe', async () => {
    // Hash of what OpenCV 4.14 decodes from this file, made with libvips.
    const file = Buffer.from(TINY_CMYK, 'base64');
    const withoutMarker = Buffer.concat([file.subarray(0, 2), file.subarray(18)]);
    for (const bytes of [file, withoutMarker]) {
      const { height, width, data } = await readImage(bytes);
      expect([height, width]).toEqual([8, 8]);
      expect(createHash('sha256').update(data).digest('hex')).toBe(
        '16e8db9283b7fed42846aa122a1f55d70517376b13da1abf852283c1a0bda620',
      );
    }
  });

  test('other formats are named', async () => {
    expect(await refusal(await picture().gif().toBuffer())).toMatch(
      /GIF is not supported; convert it to PNG or JPEG/,
    );
    expect(await refusal(await picture().tiff().toBuffer())).toMatch(/TIFF is not supported/);
    expect(await refusal(Buffer.from('BM6\0\0\0'))).toMatch(/BMP is not supported/);
    expect(
      await refusal(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')),
    ).toMatch(/no picture that this program knows/);
    expect(await refusal(new Uint8Array(0))).toMatch(/the file is empty/);
  });

  test.each(['jpeg', 'png', 'webp'] as const)('%s cut off anywhere is refused', async (format) => {
    const file = await picture().resize(64, 64).toFormat(format).toBuffer();
    for (const part of [0.05, 0.3, 0.6, 0.9]) {
      await refusal(file.subarray(0, Math.floor(file.length * part)));
    }
    // Of a PNG the last bytes are a checksum of nothing.
    if (format !== 'png') await refusal(file.subarray(0, -2));
  });

  test('bytes between the segments of a JPEG, which libjpeg skips with a warning, do no harm', async () => {
    const file = await picture().jpeg().toBuffer();
    const scan = file.lastIndexOf(Buffer.from([0xff, 0xda]));
    const dirty = Buffer.concat([file.subarray(0, scan), Buffer.from([1, 2, 3]), file.subarray(scan)]);
    expect([...(await readImage(dirty)).data]).toEqual([...(await readImage(file)).data]);
  });

  test('too many pixels are refused before they are decoded', async () => {
    const file = await picture().png().toBuffer();
    await expect(readImage(file, { maxPixels: 116, name: 'big.png' })).rejects.toThrow(
      'cannot decode big.png: 13×9 is over the limit of 116 pixels; scale the picture down',
    );
    expect((await readImage(file, { maxPixels: 117 })).width).toBe(WIDTH);
    // A header that claims 60000×60000 pixels.
    const bomb = Buffer.from(file);
    bomb.writeUInt32BE(60000, 16);
    bomb.writeUInt32BE(60000, 20);
    await refusal(bomb);
  });

  test('a path without a file, or to a folder', async () => {
    const dir = await scratchFolder();
    await expect(readImage(join(dir, 'none.jpg'))).rejects.toThrow(/none\.jpg: there is no such file/);
    await expect(readImage(dir)).rejects.toThrow(/it is a folder/);
  });
});

test('toSharp gives the picture back with its colours', async () => {
  const file = await toSharp(bgrImage(bgr, { height: HEIGHT, width: WIDTH }))
    .png()
    .toBuffer();
  expect([...(await readImage(file)).data]).toEqual([...bgr]);
});

const TINY_CMYK =
  '/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwAUDg8SDw0UEhASFxUUGB4yIR4cHB49LC4kMklATEtHQEZFUFpzYlBVbVZFRmSIZW13e4GCgU5gjZeM' +
  'fZZzfoF8/8AAFAgACAAIBEMRAE0RAFkRAEsRAP/EABYAAQEBAAAAAAAAAAAAAAAAAAUDBP/EACIQAAICAQMEAwAAAAAAAAAAAAECAxEEEiFR' +
  'FCIxQVJxkf/aAA4EQwBNAFkASwAAPwCkirkZKQII1hjFlTsugegL4PNUbJokvvlUY2MkCBRJJQY6hRYgCyxFVuB4qqAFEKy+M3T4MubIGbIl' +
  'Yorg2wJ2+OxscWaUaR2oHmVZJFiUIEUWVPjSPVfR/Dwe7//Z';
