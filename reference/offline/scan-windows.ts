/** Length of the windows that are searched for. No shorter than a cell of 64 bytes needs, no longer than it has. */
export const WINDOW = 16;

const BASE = 0x01000193;
const FILTER_BITS = 22;

/**
 * Finds all of many windows of 16 bytes in one pass over a file, at any position: a rolling hash (Rabin and Karp), a bit
 * per hash value in front of the table. Equal hashes are reported, so that `onHit` must compare.
 * @param windows each of 16 bytes; the index in this list is what `onHit` gets.
 */
export function scanWindows(
  file: Uint8Array,
  windows: readonly Uint8Array[],
  onHit: (window: number, position: number) => void,
): void {
  if (file.length < WINDOW) return;
  const table = new Map<number, number[]>();
  const filter = new Uint8Array(1 << (FILTER_BITS - 3));
  windows.forEach((window, index) => {
    const hash = hashOf(window);
    const same = table.get(hash);
    if (same) same.push(index);
    else table.set(hash, [index]);
    const bit = hash >>> (32 - FILTER_BITS);
    filter[bit >> 3] |= 1 << (bit & 7);
  });
  let leaving = 1;
  for (let i = 0; i < WINDOW; i++) leaving = Math.imul(leaving, BASE);
  let hash = hashOf(file);
  for (let position = 0; ; position++) {
    const bit = hash >>> (32 - FILTER_BITS);
    if ((filter[bit >> 3] >> (bit & 7)) & 1) {
      for (const window of table.get(hash) ?? []) onHit(window, position);
    }
    if (position + WINDOW >= file.length) return;
    hash = (Math.imul(hash, BASE) + file[position + WINDOW] - Math.imul(file[position], leaving)) | 0;
  }
}

function hashOf(bytes: Uint8Array): number {
  let hash = 0;
  for (let i = 0; i < WINDOW; i++) hash = (Math.imul(hash, BASE) + bytes[i]) | 0;
  return hash;
}
