import { ZipFile } from 'yazl';
import { writeFileAtomically } from '../../datasets/write-file-atomically.ts';
import type { NamedTensors } from '../../reference/tensor.ts';
import { Pickler } from './pickle/pickler.ts';
import { bytesOf, pickleStateDict } from './pickle-state-dict.ts';

const ROOT = 'archive';
/** Stored, and dated at the start of the zip calendar, so that the same weights give the same bytes. */
const ENTRY = {
  compress: false,
  mtime: new Date(1980, 0, 1),
  mode: 0o100644,
  forceDosTimestamp: true,
} as const;

/**
 * Writes `{'model': state_dict}` in the zip format of PyTorch 1.6 and later, as official YOLOX checkpoints are.
 * Values are kept bit by bit.
 */
export async function writeZipCheckpoint(path: string, tensors: NamedTensors): Promise<void> {
  const pickler = new Pickler().op('EMPTY_DICT').text('model');
  pickleStateDict(pickler, tensors, false);
  pickler.op('SETITEM');

  const zip = new ZipFile();
  const add = (name: string, bytes: Uint8Array): void => {
    zip.addBuffer(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), `${ROOT}/${name}`, ENTRY);
  };
  add('data.pkl', pickler.finish());
  add('byteorder', Buffer.from('little'));
  let index = 0;
  for (const tensor of tensors.values()) add(`data/${index++}`, bytesOf(tensor));
  add('version', Buffer.from('3\n'));
  zip.end();

  const chunks: Uint8Array[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  await writeFileAtomically(path, Buffer.concat(chunks));
}
