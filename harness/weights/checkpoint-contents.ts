import type { NamedTensors } from '../../reference/tensor.ts';
import type { StateDict } from './state-dict.ts';

/** What every format gives: the weights and the plain values saved beside them. */
export interface CheckpointContents {
  readonly tensors: NamedTensors;
  readonly metadata: StateDict['metadata'];
}
