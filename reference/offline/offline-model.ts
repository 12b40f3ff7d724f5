/** One input or output as the binary itself describes it. */
export interface OfflineTensor {
  readonly mask: number;
  readonly shape: readonly number[];
  readonly id: number;
  readonly dataType: string;
  readonly dimOrder: string;
  /** Of an input that is quantised on the card: `integer = x · quantScale`, where `quantScale = scale / 2^position`. */
  readonly position: number;
  readonly scale: number;
}

export interface OfflineModel {
  /** `undefined` where no descriptors were found: a file that was cut, or one of another version. */
  readonly tensors?: {
    readonly inputs: readonly OfflineTensor[];
    readonly outputs: readonly OfflineTensor[];
  };
}

const MAGIC = [0x7f, 0x4d, 0x45, 0x46];

/** Codes of `cnrtDataType_t` (cnrt.h 4.3.0). */
const DATA_TYPES: ReadonlyMap<number, string> = new Map([
  [0x12, 'FLOAT16'],
  [0x13, 'FLOAT32'],
  [0x14, 'FLOAT64'],
  [0x20, 'INT4'],
  [0x21, 'INT8'],
  [0x22, 'INT16'],
  [0x23, 'INT32'],
  [0x24, 'INT64'],
  [0x31, 'UINT8'],
  [0x32, 'UINT16'],
  [0x33, 'UINT32'],
  [0x61, 'BOOL'],
]);

/** Codes of `cnrtDimOrder_t` for four axes. */
const DIM_ORDERS: ReadonlyMap<number, string> = new Map([
  [0x0123, 'NCHW'],
  [0x0231, 'NHWC'],
  [0x2310, 'HWCN'],
]);

/** Mask, number of axes, four extents, 0, id, type, order, position, scale: twelve 32-bit words. */
const RECORD = 48;
const MOST_RECORDS = 64;

/** Whether a file is an offline model: 0x7f `MEF`. */
export function isOfflineModel(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, i) => bytes[i] === byte);
}

/**
 * Reads what is known of an offline model (`.cambricon`): the descriptors of its inputs and outputs, which stand near the
 * end behind their two counts. Measured on a real file of MLU PyTorch 1.3; all else is compiled instructions.
 * Never throws for any bytes.
 */
export function readOfflineModel(bytes: Uint8Array): OfflineModel {
  if (!isOfflineModel(bytes)) return {};
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = bytes.length - RECORD; at >= 8; at--) {
    // The axis count is a byte 4 before three zeros: checked first, since the whole file is passed over where there is none.
    if (bytes[at + 4] !== 4 || bytes[at + 5] !== 0) continue;
    const inputs = view.getUint32(at - 8, true);
    const outputs = view.getUint32(at - 4, true);
    if (inputs < 1 || outputs < 1 || inputs + outputs > MOST_RECORDS) continue;
    const tensors = readRecords(view, at, inputs + outputs);
    if (tensors) return { tensors: { inputs: tensors.slice(0, inputs), outputs: tensors.slice(inputs) } };
  }
  return {};
}

function readRecords(view: DataView, start: number, count: number): OfflineTensor[] | undefined {
  const tensors: OfflineTensor[] = [];
  for (let i = 0; i < count; i++) {
    const tensor = readRecord(view, start + i * RECORD);
    if (!tensor) return undefined;
    tensors.push(tensor);
  }
  return tensors;
}

function readRecord(view: DataView, at: number): OfflineTensor | undefined {
  if (at + RECORD > view.byteLength) return undefined;
  const word = (index: number): number => view.getUint32(at + 4 * index, true);
  const dataType = DATA_TYPES.get(word(8));
  const dimOrder = DIM_ORDERS.get(word(9));
  if (word(1) !== 4 || dataType === undefined || dimOrder === undefined) return undefined;
  const shape = [word(2), word(3), word(4), word(5)];
  if (shape.includes(0)) return undefined;
  return {
    mask: word(0),
    shape,
    id: word(7),
    dataType,
    dimOrder,
    position: view.getInt32(at + 40, true),
    scale: view.getFloat32(at + 44, true),
  };
}
