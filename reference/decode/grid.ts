/** Height and width of the network's input in pixels; both multiples of 32. */
export interface InputSize {
  readonly height: number;
  readonly width: number;
}

/** One level of the head: its cells lie row-major from anchor `start` on. */
export interface GridLevel {
  /** Pixels of the input from one cell to the next. */
  readonly stride: number;
  readonly rows: number;
  readonly columns: number;
  /** Index of its first anchor in the head output. */
  readonly start: number;
  readonly count: number;
}

export interface AnchorGrid {
  readonly inputSize: InputSize;
  /** Strides ascending. */
  readonly levels: readonly GridLevel[];
  readonly anchors: number;
}

/** Strides of YOLOX's three levels in the order of its head output, smallest cells first. */
export const STRIDES: readonly number[] = [8, 16, 32];

/**
 * The levels and anchor order of the head output of a YOLOX whose input is `inputSize`: strides 8, 16, 32, each
 * row-major (YOLOX yolox/models/yolo_head.py `decode_outputs`). 640×640 gives 8,400 anchors, 416×416 gives 3,549.
 * @throws RangeError when height or width is not a positive multiple of 32: the levels of such an input do not meet.
 */
export function anchorGrid(inputSize: InputSize): AnchorGrid {
  const { height, width } = inputSize;
  for (const [side, extent] of [
    ['height', height],
    ['width', width],
  ] as const) {
    if (!Number.isInteger(extent) || extent <= 0 || extent % 32 !== 0) {
      throw new RangeError(
        `cannot lay a grid on an input ${side} of ${extent}: give a positive multiple of 32`,
      );
    }
  }
  const levels: GridLevel[] = [];
  let start = 0;
  for (const stride of STRIDES) {
    const rows = height / stride;
    const columns = width / stride;
    const count = rows * columns;
    levels.push({ stride, rows, columns, start, count });
    start += count;
  }
  return { inputSize: { height, width }, levels, anchors: start };
}

/**
 * Grid position and stride of each anchor, as a port for a fixed input size keeps them.
 * @see {@link fixedGrids}
 */
export interface FixedGrids {
  readonly grid: AnchorGrid;
  /** Column of each anchor's cell, `[anchors]`, in cells. */
  readonly x: Float32Array;
  /** Row of each anchor's cell, `[anchors]`, in cells. */
  readonly y: Float32Array;
  /** Pixels a cell, `[anchors]`. */
  readonly stride: Float32Array;
}

/**
 * The grids and strides of `inputSize` written out for each anchor.
 * @throws RangeError as {@link anchorGrid}.
 */
export function fixedGrids(inputSize: InputSize): FixedGrids {
  const grid = anchorGrid(inputSize);
  const x = new Float32Array(grid.anchors);
  const y = new Float32Array(grid.anchors);
  const stride = new Float32Array(grid.anchors);
  for (const level of grid.levels) {
    let anchor = level.start;
    for (let row = 0; row < level.rows; row++) {
      for (let column = 0; column < level.columns; column++, anchor++) {
        x[anchor] = column;
        y[anchor] = row;
        stride[anchor] = level.stride;
      }
    }
  }
  return { grid, x, y, stride };
}
