import type { FileSource } from './file-source.ts';
import { isLegacyCheckpoint } from './read-legacy-checkpoint.ts';
import { UnusableFile } from './unusable-file.ts';

export type WeightsFormat = 'zip-checkpoint' | 'legacy-checkpoint' | 'onnx';

const HEAD = 512;

/**
 * What kind of weights file this is, by its first bytes; its name does not matter.
 * @throws UnusableFile when it is none.
 */
export function detectSourceFormat(source: FileSource): WeightsFormat {
  const head = Buffer.from(source.read(0, Math.min(HEAD, source.size)).buffer);
  if (startsWith(head, 'PK\x03\x04')) return 'zip-checkpoint';
  if (isLegacyCheckpoint(head)) return 'legacy-checkpoint';
  if (looksLikeOnnx(head)) return 'onnx';
  throw new UnusableFile(...describeOther(head));
}

/**
 * An ONNX file has no magic number. As protobuf it starts with field 1, `ir_version`, a small number, and goes on
 * with another field of `ModelProto`.
 */
function looksLikeOnnx(head: Buffer): boolean {
  if (head.length < 4 || head[0] !== 0x08 || head[1] < 1 || head[1] > 64) return false;
  const field = head[2] >> 3;
  const wireType = head[2] & 7;
  return field === 5 ? wireType === 0 : [2, 3, 4, 6, 7, 8, 14].includes(field) && wireType === 2;
}

/** Reason and fix for the files that are most often given by mistake. */
function describeOther(head: Buffer): [string, string] {
  const expected = 'give a PyTorch checkpoint (.pth, .pt) or an exported ONNX file';
  if (head.length === 0) return ['it is empty', 'download or export it again'];
  if (startsWith(head, 'version https://git-lfs')) {
    return ['it is a Git LFS pointer, not the file itself', 'run git lfs pull'];
  }
  if (/^\s*<(!doctype|html|\?xml)/i.test(head.toString('latin1'))) {
    return ['it is a web page, not weights', 'download the file itself'];
  }
  if (startsWith(head, '\x7fMEF')) {
    return ['it is an offline model for the card, which holds compiled instructions', expected];
  }
  if (head[8] === 0x7b && head.readUIntLE(0, 6) > 0 && head.readUInt16LE(6) === 0) {
    return ['it is a safetensors file', 'load it in PyTorch and torch.save its state dict'];
  }
  if (head[0] === 0x80) {
    return ['it is a pickle that torch.save did not write', expected];
  }
  return ['it is no format of weights known here', expected];
}

function startsWith(head: Buffer, text: string): boolean {
  return head.subarray(0, text.length).toString('latin1') === text;
}
