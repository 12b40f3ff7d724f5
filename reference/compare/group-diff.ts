import {
  type AnchorGrid,
  anchorGrid,
  BOX_CHANNELS,
  decodeFixedGrids,
  fixedGrids,
  headOutputShape,
  type InputSize,
} from '../decode/index.ts';
import type { Tensor } from '../tensor.ts';
import { DiffAccumulator } from './diff-accumulator.ts';
import { DEFAULT_RTOL, finishDiff, requireSameShape, type TensorDiff } from './tensor-diff.ts';

export type ChannelGroup = 'reg' | 'obj' | 'cls';

/** One part of a head output and how far it is off. Flat indices in `diff` are of the whole tensor. */
export interface GroupDiff {
  readonly group: ChannelGroup | 'all';
  /** Pixels a cell of the level, or all levels together. */
  readonly stride: number | 'all';
  readonly diff: TensorDiff;
}

/** A backend's head output `[batch, anchors, 5 + classes]` and whether its boxes are decoded. */
export interface HeadOutput {
  readonly output: Tensor;
  readonly decoded: boolean;
}

export const CHANNEL_GROUPS: readonly ChannelGroup[] = ['reg', 'obj', 'cls'];

/**
 * Differences of two head outputs **after decode**, for the whole, for reg, obj and cls, and for each of these at each
 * stride. What is still raw is decoded first, so that a device that hands over decoded boxes can be compared with one
 * that does not; the tensors given are left as they were.
 * @returns 13 entries: all; reg, obj, cls over all strides; reg, obj, cls at stride 8, 16, 32.
 * @throws RangeError when shapes differ or do not belong to the input size, or the batch is empty.
 */
export function decodedGroupDiffs(
  reference: HeadOutput,
  actual: HeadOutput,
  inputSize: InputSize,
  options: { readonly rtol?: number } = {},
): GroupDiff[] {
  const grids = fixedGrids(inputSize);
  const decode = ({ output, decoded }: HeadOutput): Tensor => {
    headOutputShape(output, grids.grid);
    return decoded ? output : decodeFixedGrids(output, grids);
  };
  return groupDiffs(decode(reference), decode(actual), grids.grid, options.rtol);
}

/**
 * The same differences **before decode**, where reg is in cells and logits.
 * @throws RangeError as {@link decodedGroupDiffs}, and when one of the two is decoded: its raw numbers are gone.
 */
export function rawGroupDiffs(
  reference: HeadOutput,
  actual: HeadOutput,
  inputSize: InputSize,
  options: { readonly rtol?: number } = {},
): GroupDiff[] {
  if (reference.decoded || actual.decoded) {
    throw new RangeError('cannot compare raw outputs where one is decoded: compare them after decode');
  }
  return groupDiffs(reference.output, actual.output, anchorGrid(inputSize), options.rtol);
}

function groupDiffs(
  reference: Tensor,
  actual: Tensor,
  grid: AnchorGrid,
  rtol: number = DEFAULT_RTOL,
): GroupDiff[] {
  const { batch, anchors, channels } = headOutputShape(reference, grid);
  requireSameShape(reference, actual);
  const accumulator = (): DiffAccumulator => new DiffAccumulator({ rtol });
  const b = reference.data;
  const a = actual.data;

  const all = accumulator();
  const whole: GroupDiff[] = [];
  const byStride: GroupDiff[] = [];
  for (const group of CHANNEL_GROUPS) {
    const from = group === 'reg' ? 0 : group === 'obj' ? 4 : BOX_CHANNELS;
    const to = group === 'reg' ? 4 : group === 'obj' ? BOX_CHANNELS : channels;
    const overStrides = accumulator();
    for (const { stride, start, count } of grid.levels) {
      const level = accumulator();
      for (let image = 0; image < batch; image++) {
        const end = (image * anchors + start + count) * channels;
        for (let at = (image * anchors + start) * channels; at < end; at += channels) {
          level.add(b, a, at + from, at + to);
        }
      }
      byStride.push({ group, stride, diff: finishDiff(level) });
      overStrides.merge(level);
    }
    whole.push({ group, stride: 'all', diff: finishDiff(overStrides) });
    all.merge(overStrides);
  }
  return [{ group: 'all', stride: 'all', diff: finishDiff(all) }, ...whole, ...byStride];
}
