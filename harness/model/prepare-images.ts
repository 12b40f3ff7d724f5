import { readImage } from '../../datasets/index.ts';
import { createLetterbox, type PixelSize } from '../../reference/preprocess/index.ts';
import { float32Tensor, type Tensor } from '../../reference/tensor.ts';

export interface PreparedImage<Source> {
  readonly source: Source;
  /** NCHW `[1, 3, H, W]`; its memory is used again once the next image is asked for. */
  readonly pixels: Tensor;
  readonly letterboxRatio: number;
  /** Size of the picture as it was read, which an annotation file may have wrong. */
  readonly picture: PixelSize;
}

export interface PrepareOptions {
  readonly size: PixelSize;
  readonly legacy: boolean;
  /** Images read and letterboxed while the caller works on the one before. */
  readonly ahead?: number;
}

/**
 * Reads and letterboxes images one after the other, some ahead of the caller, so that reading overlaps inference while
 * memory stays the same however many there are.
 * @throws DatasetError for an image that cannot be read; those before it have been handed out by then.
 */
export async function* prepareImages<Source extends { readonly path: string }>(
  sources: readonly Source[],
  { size, legacy, ahead = 2 }: PrepareOptions,
): AsyncGenerator<PreparedImage<Source>> {
  const letterbox = createLetterbox(size, { legacy });
  const buffers = Array.from({ length: ahead + 1 }, () => new Float32Array(letterbox.valuesPerImage));

  async function prepare(index: number): Promise<PreparedImage<Source>> {
    const source = sources[index]!;
    const image = await readImage(source.path);
    const buffer = buffers[index % buffers.length]!;
    const { letterboxRatio } = letterbox.into(image, buffer);
    return {
      source,
      pixels: float32Tensor(buffer, [1, 3, size.height, size.width], 'NCHW'),
      letterboxRatio,
      picture: { height: image.height, width: image.width },
    };
  }

  const pending: Promise<PreparedImage<Source>>[] = [];
  let next = 0;
  for (let index = 0; index < sources.length; index++) {
    while (pending.length <= ahead && next < sources.length) {
      const preparing = prepare(next++);
      // A failure is raised when its turn comes; until then it must not count as unhandled.
      preparing.catch(() => {});
      pending.push(preparing);
    }
    yield await pending.shift()!;
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
