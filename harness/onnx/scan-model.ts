/**
 * Most fields a model may have. A YOLOX has some 30,000; each becomes an object or text many times its size, so that a
 * small hostile file could otherwise fill the memory.
 */
const MAX_FIELDS = 500_000;

type MessageName = 'model' | 'graph' | 'node' | 'attribute' | 'tensor' | 'leaf';

/** Length-delimited fields that hold a message which decoding goes into (numbers of `onnx.proto`). */
const NESTED: Readonly<Record<MessageName, Readonly<Record<number, MessageName>>>> = {
  model: { 7: 'graph', 8: 'leaf' },
  graph: { 1: 'node', 5: 'tensor', 11: 'leaf', 12: 'leaf' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor' },
  tensor: { 13: 'leaf' },
  leaf: {},
};

/**
 * Walks through the bytes of a model before they are decoded: every length lies inside its message, a graph is there,
 * and the number of fields is that of a network.
 * @throws RangeError when not.
 */
export function scanModel(bytes: Uint8Array): void {
  const open: { message: MessageName; end: number }[] = [{ message: 'model', end: bytes.length }];
  let position = 0;
  let fields = 0;
  let graphs = 0;

  function varint(end: number): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      if (position >= end || factor > 2 ** 63)
        throw new RangeError(`a number does not end at byte ${position}`);
      const byte = bytes[position++];
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }

  for (let current = open.at(-1); current; current = open.at(-1)) {
    const { message, end } = current;
    if (position === end) {
      open.pop();
      continue;
    }
    if (++fields > MAX_FIELDS) throw new RangeError(`it has over ${MAX_FIELDS} fields`);
    const tag = varint(end);
    const field = Math.floor(tag / 8);
    switch (tag % 8) {
      case 0:
        varint(end);
        break;
      case 1:
        position += 8;
        break;
      case 2: {
        const length = varint(end);
        if (length > end - position) throw new RangeError(`it ends before byte ${position + length}`);
        const nested = NESTED[message][field];
        if (nested === 'graph') graphs++;
        if (nested) open.push({ message: nested, end: position + length });
        else position += length;
        break;
      }
      case 5:
        position += 4;
        break;
      default:
        throw new RangeError(`byte ${position} starts no known kind of field`);
    }
    if (position > end) throw new RangeError(`a field reaches past byte ${end}`);
  }
  if (graphs !== 1) throw new RangeError(`it has ${graphs} graphs instead of one`);
}
