import { parentPort, workerData } from 'node:worker_threads';
import { DatasetError } from '../../datasets/index.ts';
import {
  type PictureAnswer,
  type PictureRequest,
  type PreprocessOptions,
  pictureReader,
} from './picture-reader.ts';

// The entry of the thread that `threadedPictureReader` starts.
const port = parentPort!;
const reader = pictureReader(workerData as PreprocessOptions);

port.on('message', async ({ ticket, path, pixels }: PictureRequest) => {
  try {
    const read = await reader.read(path, pixels);
    port.postMessage({ ticket, state: 'read', read } satisfies PictureAnswer, [read.pixels.buffer]);
  } catch (error) {
    const answer: PictureAnswer =
      error instanceof DatasetError
        ? { ticket, state: 'unreadable', message: error.message }
        : { ticket, state: 'defect', stack: error instanceof Error ? error.stack! : String(error) };
    port.postMessage(answer);
  }
});
