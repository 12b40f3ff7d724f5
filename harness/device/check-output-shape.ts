import { anchorGrid, BOX_CHANNELS } from '../../reference/decode/index.ts';
import type { Tensor } from '../../reference/tensor.ts';
import { BackendError } from '../errors.ts';
import type { SessionSpec } from './session-spec.ts';

/** @throws BackendError where an output is not `[batch, anchors, 5 + classes]`; a checkpoint's classes are the agent's to know. */
export function checkOutputShape({ shape }: Tensor, batch: Tensor, spec: SessionSpec): void {
  const { anchors } = anchorGrid(spec.size);
  const channels = spec.kind === 'offline' ? BOX_CHANNELS + spec.classes : null;
  const fits =
    shape.length === 3 &&
    shape[0] === batch.shape[0] &&
    shape[1] === anchors &&
    (channels === null ? shape[2]! > BOX_CHANNELS : shape[2] === channels);
  if (fits) return;
  throw new BackendError(
    `cannot use an output [${shape.join(', ')}] of the device: ` +
      `[${batch.shape[0]}, ${anchors}, ${channels ?? '5 + classes'}] belongs to an input of ${spec.size.width}×${spec.size.height} pixels`,
  );
}
