/**
 * What vouches for every byte: a published hash, of the file or of the archives it came in; the list that was written
 * beside the files when they were fetched; or, where no hash is published, that each picture was decoded whole.
 */
export type Checked = 'published-hash' | 'hash-when-fetched' | 'content';
