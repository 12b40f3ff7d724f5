import type { CheckpointContents } from './checkpoint-contents.ts';
import type { FileSource } from './file-source.ts';
import { unpickle } from './pickle/unpickle.ts';
import { readTensors } from './read-tensors.ts';
import { quote } from './shorten.ts';
import { findStateDict } from './state-dict.ts';
import { storageFromPersistentId } from './storage-from-persistent-id.ts';
import { UnusableFile } from './unusable-file.ts';
import { ZipArchive } from './zip-archive.ts';

const MAX_PICKLE = 64 << 20;
const PICKLE = 'data.pkl';

/**
 * Reads what `torch.save` writes since PyTorch 1.6: a zip archive with `<root>/data.pkl` and one entry
 * `<root>/data/<key>` for each storage. Only the storages of the weights are read; an optimizer's are not.
 */
export async function readZipCheckpoint(source: FileSource): Promise<CheckpointContents> {
  const archive = await ZipArchive.open(source);
  const root = findRoot(archive);
  await checkByteOrder(archive, root);

  const pickleSize = archive.sizeOf(`${root}${PICKLE}`) ?? 0;
  if (pickleSize > MAX_PICKLE) throw new UnusableFile(`its ${PICKLE} has ${pickleSize} bytes`);
  const { value } = unpickle(await archive.read(`${root}${PICKLE}`), storageFromPersistentId);
  const { tensors, metadata } = findStateDict(value);

  const named = await readTensors(tensors, source.size, async (key, bytes) => {
    const name = `${root}data/${key}`;
    const size = archive.sizeOf(name);
    if (size !== undefined && size !== bytes) {
      throw new UnusableFile(`its storage ${quote(key)} has ${size} bytes where its pickle says ${bytes}`);
    }
    return archive.read(name);
  });
  return { tensors: named, metadata };
}

/** The folder in the archive, with its slash; torch takes it from the file's name. */
function findRoot(archive: ZipArchive): string {
  const names = archive.names();
  if (names.some((name) => name.endsWith('constants.pkl'))) {
    throw new UnusableFile(
      'it is a TorchScript archive, which holds a program',
      'save the weights instead: torch.save({"model": model.state_dict()}, path)',
    );
  }
  const pickles = names.filter((name) => name === PICKLE || name.endsWith(`/${PICKLE}`));
  if (pickles.length !== 1) {
    throw new UnusableFile(
      pickles.length === 0
        ? `it is a zip archive without ${PICKLE}, so not a PyTorch checkpoint`
        : `it is a zip archive with ${pickles.length} files ${PICKLE}, where a checkpoint has one`,
      'give a checkpoint written by torch.save',
    );
  }
  return pickles[0].slice(0, -PICKLE.length);
}

async function checkByteOrder(archive: ZipArchive, root: string): Promise<void> {
  const size = archive.sizeOf(`${root}byteorder`);
  if (size === undefined) return; // before PyTorch 2.1 there is none: little-endian
  const order =
    size <= 16
      ? Buffer.from(await archive.read(`${root}byteorder`))
          .toString('latin1')
          .trim()
      : '';
  if (order !== 'little') {
    throw new UnusableFile('its numbers are not little-endian', 'save it again on a little-endian machine');
  }
}
