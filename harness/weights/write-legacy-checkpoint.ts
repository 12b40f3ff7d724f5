import { writeFileAtomically } from '../../datasets/write-file-atomically.ts';
import type { NamedTensors } from '../../reference/tensor.ts';
import { Pickler } from './pickle/pickler.ts';
import { bytesOf, pickleStateDict } from './pickle-state-dict.ts';
import { LEGACY_MAGIC, LEGACY_PROTOCOL } from './read-legacy-checkpoint.ts';

/**
 * Writes a bare state dict in the format that PyTorch 1.3 reads, as `torch.save(…, _use_new_zipfile_serialization=
 * False)` does: `load_state_dict(torch.load(path))`. Values are kept bit by bit.
 */
export async function writeLegacyCheckpoint(path: string, tensors: NamedTensors): Promise<void> {
  await writeFileAtomically(path, Buffer.concat([...chunks(tensors)]));
}

function* chunks(tensors: NamedTensors): Iterable<Uint8Array> {
  yield new Pickler().integer(LEGACY_MAGIC).finish();
  yield new Pickler().integer(LEGACY_PROTOCOL).finish();
  yield system();

  const state = new Pickler();
  pickleStateDict(state, tensors, true);
  yield state.finish();

  const keys = new Pickler().op('EMPTY_LIST', 'MARK');
  for (let index = 0; index < tensors.size; index++) keys.text(String(index));
  yield keys.op('APPENDS').finish();

  for (const tensor of tensors.values()) {
    const count = Buffer.alloc(8);
    count.writeBigInt64LE(BigInt(tensor.data.length));
    yield count;
    yield bytesOf(tensor);
  }
}

/** What PyTorch notes of the machine; it reads none of it but the byte order. */
function system(): Uint8Array {
  const pickler = new Pickler().op('EMPTY_DICT', 'MARK');
  pickler.text('protocol_version').integer(LEGACY_PROTOCOL).text('little_endian').op('NEWTRUE');
  pickler.text('type_sizes').op('EMPTY_DICT', 'MARK');
  pickler.text('short').integer(2).text('int').integer(4).text('long').integer(4);
  return pickler.op('SETITEMS', 'SETITEMS').finish();
}
