import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ZipFile } from 'yazl';
import type { AnyTensor, NamedTensors } from '../../../reference/tensor.ts';

export const GOLDEN = new URL('../../golden/weights/', import.meta.url);

/** A folder for the files of one test file; `file` writes one and gives its path. */
export async function temporaryFolder(): Promise<{
  path: string;
  file: (bytes: Uint8Array | string, name?: string) => Promise<string>;
  remove: () => Promise<void>;
}> {
  const path = await mkdtemp(join(tmpdir(), 'mlu-parity-weights-'));
  let count = 0;
  return {
    path,
    file: async (bytes, name = `weights-${count++}`) => {
      await writeFile(join(path, name), bytes);
      return join(path, name);
    },
    remove: () => rm(path, { recursive: true, force: true }),
  };
}

/** A zip archive with these entries. */
export async function zipOf(entries: Record<string, Uint8Array>, compress = false): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, bytes] of Object.entries(entries)) zip.addBuffer(Buffer.from(bytes), name, { compress });
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Entries of an archive whose entries are stored, by a walk of its own through the central directory. */
export function storedEntries(zip: Buffer): Record<string, Buffer> {
  const entries: Record<string, Buffer> = {};
  const end = zip.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const size = zip.readUInt32LE(at + 24);
    const nameLength = zip.readUInt16LE(at + 28);
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength);
    const local = zip.readUInt32LE(at + 42);
    const data = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    entries[name] = zip.subarray(data, data + size);
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return entries;
}

export function hexOf(tensor: AnyTensor): string {
  return Buffer.from(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength).toString('hex');
}

/** Names, types, shapes and the bits of the values, in order: what two equal sets of tensors share. */
export function fingerprint(tensors: NamedTensors): string[] {
  return [...tensors].map(([name, t]) => `${name} ${t.dtype} [${t.shape.join(',')}] ${hexOf(t)}`);
}
