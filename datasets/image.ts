import { readFile } from 'node:fs/promises';
import sharp, { type Sharp } from 'sharp';
import type { BgrImage } from '../reference/preprocess/bgr-image.ts';
import { DatasetError, fileTrouble } from './dataset-error.ts';
import { imageFormat } from './image-format.ts';

export interface ReadImageOptions {
  /** More pixels than this are refused before they are decoded. Default 100 million (300 MB decoded). */
  readonly maxPixels?: number;
  /** Name for messages when the picture comes as bytes. Default `the picture`. */
  readonly name?: string;
}

const DEFAULT_MAX_PIXELS = 100_000_000;

/**
 * Decodes a JPEG, PNG or WebP file to the bytes `cv2.imread(path)` gives: EXIF orientation applied, colour profile ignored,
 * grey repeated in three channels, alpha dropped without compositing, 16 bits cut to the upper 8, CMYK by OpenCV's
 * formula; of an animation the first frame.
 *
 * In one thing it is stricter: of a truncated JPEG OpenCV makes a picture with a grey rest and a warning, and such a
 * picture moves an accuracy figure unseen, so it is refused here.
 *
 * @param source a path, or the bytes of a file
 * @throws DatasetError naming the file when it cannot be read or decoded whole, has another format or too many pixels
 */
export async function readImage(
  source: string | Uint8Array,
  options: ReadImageOptions = {},
): Promise<BgrImage> {
  const name = typeof source === 'string' ? source : (options.name ?? 'the picture');
  const bytes = typeof source === 'string' ? await readBytes(source) : source;
  const image = await open(bytes, name);
  const { width, height, space } = await decoding(name, image.metadata());
  const maxPixels = options.maxPixels ?? DEFAULT_MAX_PIXELS;
  if (width * height > maxPixels) {
    throw new DatasetError(
      `cannot decode ${name}: ${width}×${height} is over the limit of ${maxPixels} pixels; scale the picture down`,
    );
  }
  return space === 'cmyk' ? decodeCmyk(image, name) : decodeRgb(image, name);
}

/** Width and height as `readImage` would return them (EXIF orientation applied), without decoding the pixels. */
export async function readImageSize(path: string): Promise<{ width: number; height: number }> {
  const image = await open(await readBytes(path), path);
  const { width, height, autoOrient } = await decoding(path, image.metadata());
  return { width: autoOrient.width ?? width, height: autoOrient.height ?? height };
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new DatasetError(`cannot read the picture ${path}: ${fileTrouble(error)}`, { cause: error });
  }
}

async function open(bytes: Uint8Array, name: string): Promise<Sharp> {
  if (bytes.length === 0) throw new DatasetError(`cannot decode ${name}: the file is empty`);
  const format = imageFormat(bytes);
  if (format !== 'JPEG' && format !== 'PNG' && format !== 'WebP') {
    const what =
      format === 'unknown' ? 'it is no picture that this program knows' : `${format} is not supported`;
    throw new DatasetError(`cannot decode ${name}: ${what}; convert it to PNG or JPEG`);
  }
  // Every picture is decoded once: libvips' cache of operations would only hold on to memory.
  sharp.cache(false);
  return sharp(bytes, { ignoreIcc: true, autoOrient: true, failOn: 'error', limitInputPixels: false });
}

async function decodeRgb(image: Sharp, name: string): Promise<BgrImage> {
  const { data, info } = await decoding(
    name,
    image.removeAlpha().toColourspace('srgb').raw().toBuffer({ resolveWithObject: true }),
  );
  if (info.channels !== 3) {
    throw new DatasetError(
      `cannot decode ${name}: it has ${info.channels} channels and not 3; convert it to RGB`,
    );
  }
  for (let i = 0; i < data.length; i += 3) {
    const red = data[i];
    data[i] = data[i + 2];
    data[i + 2] = red;
  }
  return { height: info.height, width: info.width, data };
}

/**
 * OpenCV takes the four stored channels as they are (`modules/imgcodecs/src/utils.cpp` `icvCvt_CMYK2BGR_8u_C4C3R`), while
 * libvips inverts them, since Adobe's files, which are nearly all there are, hold inverted ink.
 */
async function decodeCmyk(image: Sharp, name: string): Promise<BgrImage> {
  const { data, info } = await decoding(
    name,
    image.pipelineColourspace('cmyk').toColourspace('cmyk').raw().toBuffer({ resolveWithObject: true }),
  );
  if (info.channels !== 4) {
    throw new DatasetError(
      `cannot decode ${name}: its CMYK data has ${info.channels} channels; convert it to RGB`,
    );
  }
  const bgr = new Uint8Array(info.width * info.height * 3);
  for (let from = 0, to = 0; to < bgr.length; from += 4, to += 3) {
    const black = 255 - data[from + 3];
    for (let channel = 0; channel < 3; channel++) {
      const ink = 255 - data[from + channel];
      bgr[to + 2 - channel] = black - (((255 - ink) * black) >> 8);
    }
  }
  return { height: info.height, width: info.width, data: bgr };
}

async function decoding<T>(name: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).split('\n')[0];
    throw new DatasetError(
      `cannot decode ${name}: ${reason}; the file is damaged or cut off, fetch it again or leave it out`,
      { cause: error },
    );
  }
}

/** A picture as `sharp` takes it, to draw on or to write as a file. The bytes are copied, blue and red swapped. */
export function toSharp({ height, width, data }: BgrImage): Sharp {
  const rgb = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i += 3) {
    rgb[i] = data[i + 2];
    rgb[i + 1] = data[i + 1];
    rgb[i + 2] = data[i];
  }
  return sharp(rgb, { raw: { width, height, channels: 3 } });
}
