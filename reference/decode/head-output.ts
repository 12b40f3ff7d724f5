import type { Tensor } from '../tensor.ts';
import type { AnchorGrid } from './grid.ts';

/** Channels before the classes: reg 4 (cx, cy, w, h), obj 1. */
export const BOX_CHANNELS = 5;

export interface HeadOutputShape {
  readonly batch: number;
  readonly anchors: number;
  /** 5 + classes. */
  readonly channels: number;
}

/**
 * The extents of a head output `[batch, anchors, 5 + classes]`, checked against the grid it should belong to.
 * @throws RangeError when it has not three axes, no class, another layout than NAC, or another number of anchors.
 */
export function headOutputShape(output: Tensor, grid: AnchorGrid): HeadOutputShape {
  const { shape, layout } = output;
  const [batch, anchors, channels] = shape;
  if (
    shape.length !== 3 ||
    batch === undefined ||
    anchors === undefined ||
    channels === undefined ||
    channels <= BOX_CHANNELS ||
    (layout !== undefined && layout !== 'NAC')
  ) {
    throw new RangeError(
      `cannot read a head output of shape [${shape.join(', ')}]${layout ? ` (${layout})` : ''}: it must be [batch, anchors, 5 + classes]`,
    );
  }
  if (anchors !== grid.anchors) {
    const { height, width } = grid.inputSize;
    throw new RangeError(
      `cannot read a head output of ${anchors} anchors with an input of ${height}×${width}, which has ${grid.anchors}: give the input size the network ran at`,
    );
  }
  return { batch, anchors, channels };
}
