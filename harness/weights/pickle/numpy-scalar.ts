import { quote } from '../shorten.ts';
import { UnusableFile } from '../unusable-file.ts';
import { NumpyDType, type PickleValue } from './values.ts';

type Reader = (view: DataView, littleEndian: boolean) => number | bigint | boolean;

const READERS: Readonly<Record<string, { bytes: number; read: Reader }>> = {
  f8: { bytes: 8, read: (view, little) => view.getFloat64(0, little) },
  f4: { bytes: 4, read: (view, little) => view.getFloat32(0, little) },
  i8: { bytes: 8, read: (view, little) => view.getBigInt64(0, little) },
  u8: { bytes: 8, read: (view, little) => view.getBigUint64(0, little) },
  i4: { bytes: 4, read: (view, little) => view.getInt32(0, little) },
  u4: { bytes: 4, read: (view, little) => view.getUint32(0, little) },
  i2: { bytes: 2, read: (view, little) => view.getInt16(0, little) },
  u2: { bytes: 2, read: (view, little) => view.getUint16(0, little) },
  i1: { bytes: 1, read: (view) => view.getInt8(0) },
  u1: { bytes: 1, read: (view) => view.getUint8(0) },
  b1: { bytes: 1, read: (view) => view.getUint8(0) !== 0 },
};

/** `numpy.core.multiarray.scalar(dtype, bytes)`: the trainer writes `best_ap` as one, a float64. */
export function numpyScalar(args: readonly PickleValue[]): number | bigint | boolean {
  const [dtype, bytes] = args;
  if (!(dtype instanceof NumpyDType) || !(bytes instanceof Uint8Array)) {
    throw new UnusableFile('a numpy scalar is not made of a dtype and bytes');
  }
  const reader = Object.hasOwn(READERS, dtype.code) ? READERS[dtype.code] : undefined;
  if (!reader || reader.bytes !== bytes.length) {
    throw new UnusableFile(`a numpy scalar of type ${quote(dtype.code)} has ${bytes.length} bytes`);
  }
  return reader.read(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), !dtype.bigEndian);
}
