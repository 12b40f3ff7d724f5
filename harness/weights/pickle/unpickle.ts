import { UnusableFile } from '../unusable-file.ts';
import { ByteReader } from './byte-reader.ts';
import { lookUpGlobal } from './globals.ts';
import {
  decimalFloat,
  decimalInteger,
  integerLength,
  littleEndianInteger,
  memoIndex,
  quotedString,
} from './literals.ts';
import { OP } from './opcodes.ts';
import {
  describePickleValue,
  isGlobal,
  NumpyDType,
  PickleDict,
  PickleSet,
  PickleTuple,
  type PickleValue,
} from './values.ts';

/** Several times what the largest YOLOX checkpoint with its optimizer state needs (some 150,000). */
const MAX_OPERATIONS = 1_000_000;

const MARK = Symbol('mark');

export interface Unpickled {
  readonly value: PickleValue;
  /** Bytes of the input up to and including the final STOP. */
  readonly length: number;
}

/**
 * Reads one pickle (protocols 0 to 5) from the start of `bytes`: Python's stack machine over plain data, with the
 * short allow-list of `lookUpGlobal` in place of Python's import. Nothing in the file is executed, nothing recurses,
 * and memory stays in proportion to the bytes read.
 *
 * `persistent` resolves persistent ids, by which PyTorch refers to storages.
 * @throws UnusableFile when the pickle is damaged, or holds anything but plain data and tensors.
 */
export function unpickle(
  bytes: Uint8Array,
  persistent: (id: PickleValue) => PickleValue = refusePersistentId,
): Unpickled {
  const reader = new ByteReader(bytes);
  const stack: (PickleValue | typeof MARK)[] = [];
  const memo = new Map<number, PickleValue>();

  function pop(): PickleValue {
    const value = stack.pop();
    if (value === undefined || value === MARK)
      throw new UnusableFile('its pickle takes a value that is not there');
    return value;
  }
  function top(): PickleValue {
    const value = stack.at(-1);
    if (value === undefined || value === MARK)
      throw new UnusableFile('its pickle uses a value that is not there');
    return value;
  }
  function popToMark(): PickleValue[] {
    const at = stack.lastIndexOf(MARK);
    if (at < 0) throw new UnusableFile('its pickle closes a group that was not opened');
    const items = stack.splice(at) as PickleValue[];
    items.shift();
    return items;
  }
  function get(index: number): PickleValue {
    const value = memo.get(index);
    if (value === undefined)
      throw new UnusableFile(`its pickle refers to value ${index}, which is not there`);
    return value;
  }
  function setItems(items: readonly PickleValue[]): void {
    const target = top();
    if (!(target instanceof PickleDict)) {
      throw new UnusableFile(`its pickle sets an item of ${describePickleValue(target)}`);
    }
    if (items.length % 2 !== 0) throw new UnusableFile('its pickle has a key without a value');
    for (let i = 0; i < items.length; i += 2) target.entries.set(items[i], items[i + 1]);
  }
  function append(items: readonly PickleValue[]): void {
    const target = top();
    if (!Array.isArray(target))
      throw new UnusableFile(`its pickle appends to ${describePickleValue(target)}`);
    for (const item of items) target.push(item);
  }
  function reduce(): PickleValue {
    const args = pop();
    const callee = pop();
    if (!isGlobal(callee) || !callee.call || !(args instanceof PickleTuple)) {
      throw new UnusableFile(`its pickle calls ${describePickleValue(callee)}, which is not a function`);
    }
    // A value in the memo can be handed to a call again and again: its size is charged each time.
    for (const item of args.items)
      operations += Array.isArray(item) || typeof item === 'string' ? item.length : 0;
    return callee.call(args.items);
  }

  let operations = 0;
  while (operations++ < MAX_OPERATIONS) {
    const op = reader.uint8();
    switch (op) {
      case OP.PROTO: {
        const protocol = reader.uint8();
        if (protocol > 5) throw new UnusableFile(`its pickle has protocol ${protocol}, which is not known`);
        break;
      }
      case OP.FRAME:
        reader.length8();
        break;
      case OP.STOP: {
        const value = pop();
        if (stack.length > 0) throw new UnusableFile('its pickle ends before it is complete');
        return { value, length: reader.position };
      }
      case OP.MARK:
        stack.push(MARK);
        break;
      case OP.POP:
        if (stack.pop() === undefined) throw new UnusableFile('its pickle takes a value that is not there');
        break;
      case OP.POP_MARK:
        popToMark();
        break;
      case OP.DUP:
        stack.push(top());
        break;

      case OP.NONE:
        stack.push(null);
        break;
      case OP.NEWTRUE:
        stack.push(true);
        break;
      case OP.NEWFALSE:
        stack.push(false);
        break;
      case OP.BININT:
        stack.push(reader.int32());
        break;
      case OP.BININT1:
        stack.push(reader.uint8());
        break;
      case OP.BININT2:
        stack.push(reader.uint16());
        break;
      case OP.LONG1:
        stack.push(littleEndianInteger(reader.bytes(integerLength(reader.uint8()))));
        break;
      case OP.LONG4:
        stack.push(littleEndianInteger(reader.bytes(integerLength(reader.uint32()))));
        break;
      case OP.INT:
        stack.push(decimalInteger(reader.line(), true));
        break;
      case OP.LONG:
        stack.push(decimalInteger(reader.line().replace(/L$/, ''), false));
        break;
      case OP.FLOAT:
        stack.push(decimalFloat(reader.line()));
        break;
      case OP.BINFLOAT:
        stack.push(reader.float64BigEndian());
        break;

      case OP.BINUNICODE:
        stack.push(reader.text(reader.uint32()));
        break;
      case OP.SHORT_BINUNICODE:
        stack.push(reader.text(reader.uint8()));
        break;
      case OP.BINUNICODE8:
        stack.push(reader.text(reader.length8()));
        break;
      case OP.UNICODE:
        stack.push(reader.line());
        break;
      case OP.STRING:
        stack.push(quotedString(reader.line()));
        break;
      case OP.BINSTRING:
        stack.push(reader.text(reader.uint32()));
        break;
      case OP.SHORT_BINSTRING:
        stack.push(reader.text(reader.uint8()));
        break;
      case OP.BINBYTES:
        stack.push(reader.bytes(reader.uint32()));
        break;
      case OP.SHORT_BINBYTES:
        stack.push(reader.bytes(reader.uint8()));
        break;
      case OP.BINBYTES8:
      case OP.BYTEARRAY8:
        stack.push(reader.bytes(reader.length8()));
        break;

      case OP.EMPTY_LIST:
        stack.push([]);
        break;
      case OP.LIST:
        stack.push(popToMark());
        break;
      case OP.APPEND:
        append([pop()]);
        break;
      case OP.APPENDS:
        append(popToMark());
        break;
      case OP.EMPTY_TUPLE:
        stack.push(new PickleTuple([]));
        break;
      case OP.TUPLE:
        stack.push(new PickleTuple(popToMark()));
        break;
      case OP.TUPLE1:
        stack.push(new PickleTuple([pop()]));
        break;
      case OP.TUPLE2: {
        const second = pop();
        stack.push(new PickleTuple([pop(), second]));
        break;
      }
      case OP.TUPLE3: {
        const third = pop();
        const second = pop();
        stack.push(new PickleTuple([pop(), second, third]));
        break;
      }
      case OP.EMPTY_DICT:
        stack.push(new PickleDict());
        break;
      case OP.DICT: {
        const items = popToMark();
        stack.push(new PickleDict());
        setItems(items);
        break;
      }
      case OP.SETITEM: {
        const value = pop();
        setItems([pop(), value]);
        break;
      }
      case OP.SETITEMS:
        setItems(popToMark());
        break;
      case OP.EMPTY_SET:
        stack.push(new PickleSet());
        break;
      case OP.ADDITEMS: {
        const items = popToMark();
        const target = top();
        if (!(target instanceof PickleSet)) {
          throw new UnusableFile(`its pickle adds to ${describePickleValue(target)}`);
        }
        for (const item of items) target.items.add(item);
        break;
      }
      case OP.FROZENSET: {
        const set = new PickleSet();
        for (const item of popToMark()) set.items.add(item);
        stack.push(set);
        break;
      }

      case OP.GLOBAL: {
        const module = reader.line();
        stack.push(lookUpGlobal(module, reader.line()));
        break;
      }
      case OP.STACK_GLOBAL: {
        const name = pop();
        const module = pop();
        if (typeof module !== 'string' || typeof name !== 'string') {
          throw new UnusableFile(`its pickle imports ${describePickleValue(name)} instead of a name`);
        }
        stack.push(lookUpGlobal(module, name));
        break;
      }
      case OP.REDUCE:
      case OP.NEWOBJ:
        stack.push(reduce());
        break;
      case OP.BUILD: {
        const state = pop();
        setState(top(), state);
        break;
      }
      case OP.BINPERSID:
        stack.push(persistent(pop()));
        break;

      case OP.PUT:
        memo.set(memoIndex(reader.line()), top());
        break;
      case OP.BINPUT:
        memo.set(reader.uint8(), top());
        break;
      case OP.LONG_BINPUT:
        memo.set(reader.uint32(), top());
        break;
      case OP.MEMOIZE:
        memo.set(memo.size, top());
        break;
      case OP.GET:
        stack.push(get(memoIndex(reader.line())));
        break;
      case OP.BINGET:
        stack.push(get(reader.uint8()));
        break;
      case OP.LONG_BINGET:
        stack.push(get(reader.uint32()));
        break;

      default:
        throw new UnusableFile(
          `its pickle has the instruction 0x${op.toString(16)}, which no state dict needs`,
        );
    }
  }
  throw new UnusableFile(
    `its pickle has over ${MAX_OPERATIONS} instructions, far more than any state dict`,
    'save the weights alone: torch.save({"model": model.state_dict()}, path)',
  );
}

function refusePersistentId(): never {
  throw new UnusableFile('its pickle refers to a storage where none can be');
}

/** Only what plain data carries: attributes of an OrderedDict (dropped), the byte order of a numpy dtype. */
function setState(target: PickleValue, state: PickleValue): void {
  if (target instanceof PickleDict) return;
  if (target instanceof NumpyDType && state instanceof PickleTuple) {
    target.bigEndian = state.items[1] === '>';
    return;
  }
  throw new UnusableFile(`its pickle sets attributes of ${describePickleValue(target)}`);
}
