import { type PictureReader, type PreprocessOptions, pictureReader } from './picture-reader.ts';
import { threadedPictureReader } from './threaded-picture-reader.ts';

/** Fewer images are read before a thread has loaded its libraries. */
const WORTH_A_THREAD = 12;

/** Under a test runner the sources are TypeScript, which a thread of this Node cannot load. */
const ENTRY = import.meta.url.endsWith('.js') ? new URL('./picture-thread.js', import.meta.url) : null;

/**
 * A reader for so many images: on a thread of its own where that is worth it.
 * @param entry compiled `picture-thread.js`; null reads on this thread however many there are.
 */
export function openPictureReader(
  images: number,
  options: PreprocessOptions,
  entry: URL | null = ENTRY,
): PictureReader {
  return images < WORTH_A_THREAD || entry === null
    ? pictureReader(options)
    : threadedPictureReader(entry, options);
}
