import { BadDataError } from '../errors.ts';
import { FileSource } from './file-source.ts';
import { UnusableFile } from './unusable-file.ts';

/**
 * Opens the file for `work`, closes it, and turns every way in which it cannot be used into one sentence.
 * @throws BadDataError
 */
export async function withSource<T>(path: string, work: (source: FileSource) => Promise<T>): Promise<T> {
  let source: FileSource | undefined;
  try {
    source = FileSource.open(path);
    return await work(source);
  } catch (error) {
    if (!(error instanceof UnusableFile)) throw error;
    throw new BadDataError(`cannot read weights from ${path}: ${error.message}; ${error.fix}`, {
      cause: error,
    });
  } finally {
    source?.close();
  }
}
