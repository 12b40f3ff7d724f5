import { describePickleValue, PickleDict, type PickleValue, TensorReference } from './pickle/values.ts';
import { UnusableFile } from './unusable-file.ts';

/** Where trainers keep the weights; the official YOLOX one writes `model`. */
const WEIGHT_KEYS = ['model', 'state_dict', 'model_state_dict'];
const MAX_NAME = 1024;

export interface StateDict {
  readonly tensors: ReadonlyMap<string, TensorReference>;
  /** Plain numbers and texts beside the weights: `start_epoch`, `best_ap`. */
  readonly metadata: Readonly<Record<string, number | string | boolean>>;
}

/**
 * Finds the weights in what a checkpoint holds: the state dict itself, or a dict that has it under `model` (or
 * `state_dict`). The prefix `module.`, which parallel training puts before every name, is taken off.
 */
export function findStateDict(value: PickleValue): StateDict {
  if (!(value instanceof PickleDict)) {
    throw new UnusableFile(
      `it holds ${describePickleValue(value)} instead of a state dict`,
      'save the weights alone: torch.save({"model": model.state_dict()}, path)',
    );
  }
  const nested = WEIGHT_KEYS.map((key) => value.entries.get(key)).find(
    (entry) => entry instanceof PickleDict,
  );
  const tensors = tensorsOf(nested instanceof PickleDict ? nested : value);
  return { tensors, metadata: nested ? plainValues(value) : {} };
}

function tensorsOf(dict: PickleDict): Map<string, TensorReference> {
  const tensors = new Map<string, TensorReference>();
  for (const [name, value] of dict.entries) {
    if (!(value instanceof TensorReference)) continue;
    if (typeof name !== 'string' || name.length > MAX_NAME) {
      throw new UnusableFile(`its state dict names a tensor by ${describePickleValue(name)}`);
    }
    tensors.set(name, value);
  }
  if (tensors.size === 0) {
    throw new UnusableFile(
      'it holds no tensors, neither at its top nor under "model" or "state_dict"',
      'save the weights: torch.save({"model": model.state_dict()}, path)',
    );
  }
  const prefix = 'module.';
  if (![...tensors.keys()].every((name) => name.startsWith(prefix))) return tensors;
  return new Map([...tensors].map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}

function plainValues(dict: PickleDict): Record<string, number | string | boolean> {
  const plain: Record<string, number | string | boolean> = {};
  for (const [name, value] of dict.entries) {
    if (typeof name !== 'string' || name.length > MAX_NAME || name === '__proto__') continue;
    if (typeof value === 'number' || typeof value === 'boolean') plain[name] = value;
    else if (typeof value === 'string' && value.length <= MAX_NAME) plain[name] = value;
  }
  return plain;
}
