import { quote } from '../shorten.ts';
import { STORAGE_TYPES } from '../storage-type.ts';
import { UnusableFile } from '../unusable-file.ts';
import { numpyScalar } from './numpy-scalar.ts';
import { rebuildTensor } from './rebuild-tensor.ts';
import {
  describePickleValue,
  isGlobal,
  NumpyDType,
  PickleDict,
  type PickleGlobal,
  PickleTuple,
  type PickleValue,
  TensorReference,
} from './values.ts';

const GLOBALS = new Map<string, PickleGlobal>();

function allow(name: string, call?: PickleGlobal['call']): void {
  GLOBALS.set(name, call ? { kind: 'global', name, call } : { kind: 'global', name });
}

for (const [name, storage] of STORAGE_TYPES) {
  GLOBALS.set(`torch.${name}`, { kind: 'global', name: `torch.${name}`, storage });
}
for (const module of ['numpy.core.multiarray', 'numpy._core.multiarray']) {
  allow(`${module}.scalar`, numpyScalar);
}
allow('_codecs.encode', encode);

allow('collections.OrderedDict', orderedDict);
allow('torch.Size', (args) => sequenceArgument('torch.Size', args));
allow('torch._utils._rebuild_tensor', rebuildTensor);
allow('torch._utils._rebuild_tensor_v2', rebuildTensor);
allow('torch._utils._rebuild_parameter', tensorArgument);
allow('torch._utils._rebuild_parameter_with_state', tensorArgument);
// A tensor with Python attributes set on it: (function, class, its arguments, attributes).
allow('torch._tensor._rebuild_from_type_v2', ([rebuild, , args]) => {
  if (!isGlobal(rebuild) || !rebuild.call || !(args instanceof PickleTuple)) {
    throw new UnusableFile('a tensor with attributes is not rebuilt from a function and its arguments');
  }
  return rebuild.call(args.items);
});
allow('torch.Tensor');
allow('torch.nn.parameter.Parameter');
allow('torch.device', ([name]) => (typeof name === 'string' ? name : null));
allow('numpy.dtype', ([code]) => {
  if (typeof code !== 'string' || code.length > 16) {
    throw new UnusableFile(`a numpy dtype is named by ${describePickleValue(code)}`);
  }
  return new NumpyDType(code);
});

/**
 * The allow-list of names a checkpoint may mention. Everything here is rebuilt by this project's own code; no name
 * leads to anything that could be executed.
 * @throws UnusableFile naming the refused global.
 */
export function lookUpGlobal(module: string, name: string): PickleGlobal {
  const full = `${module}.${name}`;
  const known = GLOBALS.get(full);
  if (known) return known;
  throw new UnusableFile(
    `it refers to ${quote(full)}, which is not part of a state dict and is never loaded`,
    'save the weights alone: torch.save({"model": model.state_dict()}, path)',
  );
}

function orderedDict(args: readonly PickleValue[]): PickleDict {
  const dict = new PickleDict();
  if (args.length === 0) return dict;
  const pairs = Array.isArray(args[0]) ? args[0] : undefined;
  if (args.length > 1 || !pairs) throw new UnusableFile('an OrderedDict is not built from a list of pairs');
  for (const pair of pairs) {
    const items = sequence(pair);
    if (items?.length !== 2) throw new UnusableFile('an OrderedDict is not built from a list of pairs');
    dict.entries.set(items[0] as PickleValue, items[1] as PickleValue);
  }
  return dict;
}

function tensorArgument(args: readonly PickleValue[]): TensorReference {
  const [tensor] = args;
  if (!(tensor instanceof TensorReference)) {
    throw new UnusableFile(`a parameter is built from ${describePickleValue(tensor)} instead of a tensor`);
  }
  return tensor;
}

function sequenceArgument(what: string, args: readonly PickleValue[]): PickleTuple {
  const items = args.length === 0 ? [] : sequence(args[0]);
  if (!items) throw new UnusableFile(`a ${what} is built from ${describePickleValue(args[0])}`);
  return new PickleTuple(items);
}

function sequence(value: PickleValue | undefined): readonly PickleValue[] | undefined {
  if (Array.isArray(value)) return value;
  return value instanceof PickleTuple ? value.items : undefined;
}

/** `_codecs.encode(text, 'latin1')`: how Python 3 pickles bytes in protocols 0 to 2. */
function encode(args: readonly PickleValue[]): Uint8Array {
  const [text, encoding] = args;
  if (typeof text !== 'string' || (encoding !== 'latin1' && encoding !== 'latin-1')) {
    throw new UnusableFile('bytes are encoded by something other than latin1');
  }
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 255) throw new UnusableFile('bytes hold a character outside latin1');
    bytes[i] = code;
  }
  return bytes;
}
