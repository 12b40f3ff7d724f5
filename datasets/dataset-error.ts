/** A data set, annotation file or picture from outside that cannot be used: one sentence with the value and the fix. */
export class DatasetError extends Error {
  override readonly name = 'DatasetError';

  /** Line breaks and other control characters, which come in with quoted pieces of a file, become spaces. */
  constructor(message: string, options?: ErrorOptions) {
    super(message.replace(/\p{Cc}+/gu, ' '), options);
  }
}

/** What the operating system says about a file that cannot be read, in words. */
export function fileTrouble(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'ENOTDIR') return 'a part of the path is not a folder';
  if (code === 'EISDIR') return 'it is a folder';
  if (code === 'EACCES' || code === 'EPERM') return 'it may not be read (permission denied)';
  return error instanceof Error ? error.message : String(error);
}
