import { type DatasetError, readImage } from '../../datasets/index.ts';
import { createLetterbox, type PixelSize } from '../../reference/preprocess/index.ts';

export interface PreprocessOptions {
  readonly size: PixelSize;
  readonly legacy: boolean;
}

export interface LetterboxedPicture {
  /** `[1, 3, H, W]`, the memory that was handed in, possibly under another view. */
  readonly pixels: Float32Array<ArrayBuffer>;
  readonly letterboxRatio: number;
  /** Size of the picture as it was read, which an annotation file may have wrong. */
  readonly picture: PixelSize;
}

/** Picture files in, network inputs out. */
export interface PictureReader {
  /**
   * @param pixels memory for one input; it belongs to the reader until the promise is settled.
   * @throws DatasetError for a file that cannot be read or decoded.
   */
  read(path: string, pixels: Float32Array<ArrayBuffer>): Promise<LetterboxedPicture>;
  close(): Promise<void>;
}

/** Reads on this thread: all there is to do for a few pictures, and what the thread of `threadedPictureReader` runs. */
export function pictureReader({ size, legacy }: PreprocessOptions): PictureReader {
  const letterbox = createLetterbox(size, { legacy });
  return {
    async read(path, pixels) {
      const image = await readImage(path);
      const { letterboxRatio } = letterbox.into(image, pixels);
      return { pixels, letterboxRatio, picture: { height: image.height, width: image.width } };
    },
    async close() {},
  };
}

/** What the thread is asked, and what it answers. The memory travels with the message and back: nothing is copied. */
export interface PictureRequest {
  readonly ticket: number;
  readonly path: string;
  readonly pixels: Float32Array<ArrayBuffer>;
}

export type PictureAnswer = { readonly ticket: number } & (
  | { readonly state: 'read'; readonly read: LetterboxedPicture }
  /** An error crosses threads as its message; that of a `DatasetError` is a sentence for the user. */
  | { readonly state: 'unreadable'; readonly message: DatasetError['message'] }
  | { readonly state: 'defect'; readonly stack: string }
);
