import { Worker } from 'node:worker_threads';
import { DatasetError } from '../../datasets/index.ts';
import type {
  LetterboxedPicture,
  PictureAnswer,
  PictureReader,
  PictureRequest,
  PreprocessOptions,
} from './picture-reader.ts';

interface Waiting {
  resolve(read: LetterboxedPicture): void;
  reject(error: Error): void;
}

/**
 * Reads and letterboxes on a thread of its own. ONNX Runtime's `run` holds the JavaScript thread for the whole inference:
 * on that thread a letterbox would wait for it, and every step of reading a file for one turn each.
 * @param entry compiled `picture-thread.js`.
 */
export function threadedPictureReader(entry: URL, options: PreprocessOptions): PictureReader {
  const waiting = new Map<number, Waiting>();
  let tickets = 0;
  let broken: Error | null = null;
  const thread = new Worker(entry, { workerData: options });

  function fail(error: Error): void {
    broken = error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  }
  thread.on('error', fail);
  thread.on('exit', (code) => fail(new Error(`the thread that reads pictures ended with code ${code}`)));
  thread.on('message', (answer: PictureAnswer) => {
    const asked = waiting.get(answer.ticket);
    waiting.delete(answer.ticket);
    if (answer.state === 'read') asked?.resolve(answer.read);
    else if (answer.state === 'unreadable') asked?.reject(new DatasetError(answer.message));
    else asked?.reject(new Error(`reading pictures failed: ${answer.stack}`));
  });

  return {
    read(path, pixels) {
      if (broken) return Promise.reject(broken);
      const ticket = tickets++;
      const read = new Promise<LetterboxedPicture>((resolve, reject) =>
        waiting.set(ticket, { resolve, reject }),
      );
      thread.postMessage({ ticket, path, pixels } satisfies PictureRequest, [pixels.buffer]);
      return read;
    },
    async close() {
      await thread.terminate();
    },
  };
}
