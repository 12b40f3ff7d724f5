import type { PixelSize } from '../../reference/preprocess/index.ts';
import { float32Tensor, type Tensor } from '../../reference/tensor.ts';
import { openPictureReader } from './open-picture-reader.ts';
import type { LetterboxedPicture, PictureReader, PreprocessOptions } from './picture-reader.ts';

export interface PreparedImage<Source> {
  readonly source: Source;
  /** NCHW `[1, 3, H, W]`; its memory is used again once the next image is asked for. */
  readonly pixels: Tensor;
  readonly letterboxRatio: number;
  /** Size of the picture as it was read, which an annotation file may have wrong. */
  readonly picture: PixelSize;
}

export interface PrepareOptions extends PreprocessOptions {
  /** Images read and letterboxed while the caller works on the one before. */
  readonly ahead?: number;
  /** Gives the reader of so many images, which is closed at the end of them. */
  readonly openReader?: (images: number, options: PreprocessOptions) => PictureReader;
}

/**
 * Reads and letterboxes images one after the other, some ahead of the caller, so that both overlap inference while
 * memory stays the same however many there are.
 * @throws DatasetError for an image that cannot be read; those before it have been handed out by then.
 */
export async function* prepareImages<Source extends { readonly path: string }>(
  sources: readonly Source[],
  { size, legacy, ahead = 3, openReader = openPictureReader }: PrepareOptions,
): AsyncGenerator<PreparedImage<Source>> {
  const reader = openReader(sources.length, { size, legacy });
  const free = Array.from(
    { length: ahead + 1 },
    () => new Float32Array(3 * size.height * size.width) as Float32Array<ArrayBuffer>,
  );
  const pending: Promise<LetterboxedPicture>[] = [];
  let next = 0;
  function readAhead(): void {
    while (free.length > 0 && next < sources.length) {
      const reading = reader.read(sources[next++]!.path, free.pop()!);
      // A failure is raised when its turn comes; until then it must not count as unhandled.
      reading.catch(() => {});
      pending.push(reading);
    }
  }
  try {
    for (const source of sources) {
      readAhead();
      const { pixels, letterboxRatio, picture } = await pending.shift()!;
      const shape = [1, 3, size.height, size.width];
      yield { source, pixels: float32Tensor(pixels, shape, 'NCHW'), letterboxRatio, picture };
      free.push(pixels);
    }
  } finally {
    await reader.close();
  }
}

/** The inputs of a few images, each in memory of its own. */
export async function inputsOf(
  sources: readonly { readonly path: string }[],
  options: PrepareOptions,
): Promise<Tensor[]> {
  const inputs: Tensor[] = [];
  for await (const { pixels } of prepareImages(sources, options)) {
    inputs.push(float32Tensor(pixels.data.slice(), pixels.shape, 'NCHW'));
  }
  return inputs;
}
