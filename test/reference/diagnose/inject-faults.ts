import type { OutputFindingCode } from '../../../reference/diagnose/index.ts';

/** Raw head output of one image on a grid, `[anchors, channels]`, and the input size it belongs to. */
export interface RawImage {
  readonly data: Float32Array;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** One mistake of a port, made on a right raw output. Written from the definition of the decode, cell by cell. */
export interface Fault {
  readonly name: string;
  readonly expected: readonly OutputFindingCode[];
  readonly decodedClaimed: boolean;
  inject(raw: RawImage): Float32Array;
}

interface Cell {
  readonly at: number;
  readonly column: number;
  readonly row: number;
  readonly stride: number;
}

/** Cells of the levels, one after the other in the order of `strides`; `at` counts from the first. */
function cellsOf({ height, width }: RawImage, strides: readonly number[] = [8, 16, 32]): Cell[] {
  const cells: Cell[] = [];
  for (const stride of strides) {
    for (let row = 0; row < height / stride; row++) {
      for (let column = 0; column < width / stride; column++) {
        cells.push({ at: cells.length, column, row, stride });
      }
    }
  }
  return cells;
}

type BoxRule = (value: number, cell: Cell, axis: 0 | 1) => number;

const asIs: BoxRule = (value) => value;
const gridOf = ({ column, row }: Cell, axis: 0 | 1): number => (axis === 0 ? column : row);
const decodedXy: BoxRule = (value, cell, axis) => (value + gridOf(cell, axis)) * cell.stride;
const decodedWh: BoxRule = (value, { stride }) => Math.exp(value) * stride;

function boxes(raw: RawImage, xy: BoxRule, wh: BoxRule, cells: readonly Cell[] = cellsOf(raw)): Float32Array {
  const out = raw.data.slice();
  cells.forEach((cell, anchor) => {
    const at = anchor * raw.channels;
    for (const axis of [0, 1] as const) {
      out[at + axis] = xy(out[at + axis]!, cell, axis);
      out[at + 2 + axis] = wh(out[at + 2 + axis]!, cell, axis);
    }
  });
  return out;
}

export const decoded = (raw: RawImage): Float32Array => boxes(raw, decodedXy, decodedWh);

/** The levels' rows in the order of `strides`. */
function reorderLevels(raw: RawImage, strides: readonly number[]): Float32Array {
  const place = new Map(
    cellsOf(raw).map(({ column, row, stride }, anchor) => [`${stride} ${row} ${column}`, anchor]),
  );
  const out = new Float32Array(raw.data.length);
  for (const { at, column, row, stride } of cellsOf(raw, strides)) {
    const from = place.get(`${stride} ${row} ${column}`)! * raw.channels;
    out.set(raw.data.subarray(from, from + raw.channels), at * raw.channels);
  }
  return out;
}

function eachChannel(
  raw: RawImage,
  from: number,
  to: number,
  change: (value: number) => number,
): Float32Array {
  const out = raw.data.slice();
  for (let at = 0; at < out.length; at += raw.channels) {
    for (let c = from; c < to; c++) out[at + c] = change(out[at + c]!);
  }
  return out;
}

/** The most certain logit that float32 sigmoids can be told from. */
const MOST_CERTAIN = 2 ** -24;
const logit = (p: number): number => {
  const inside = Math.min(Math.max(p, 1e-30), 1 - MOST_CERTAIN);
  return Math.log(inside / (1 - inside));
};
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

function channelMajor({ data, channels }: RawImage): Float32Array {
  const anchors = data.length / channels;
  const out = new Float32Array(data.length);
  for (let anchor = 0; anchor < anchors; anchor++) {
    for (let c = 0; c < channels; c++) out[c * anchors + anchor] = data[anchor * channels + c]!;
  }
  return out;
}

const withData = (raw: RawImage, data: Float32Array): RawImage => ({ ...raw, data });

/** A fault of the boxes. */
const boxFault = (name: string, code: OutputFindingCode, xy: BoxRule, wh: BoxRule, claim = true): Fault => ({
  name,
  expected: [code],
  decodedClaimed: claim,
  inject: (raw) => boxes(raw, xy, wh),
});

/** A fault that leaves the boxes alone: in a raw and in a decoded output. */
const rowFault = (
  name: string,
  code: OutputFindingCode,
  change: (raw: RawImage) => Float32Array,
): Fault[] => [
  { name: `${name}, raw`, expected: [code], decodedClaimed: false, inject: change },
  {
    name: `${name}, decoded`,
    expected: [code],
    decodedClaimed: true,
    inject: (raw) => change(withData(raw, decoded(raw))),
  },
];

/** Every kind of mistake that shows on the output itself. */
export const OUTPUT_FAULTS: readonly Fault[] = [
  boxFault('not decoded at all', 'not-decoded', asIs, asIs),
  boxFault('decoded, described as raw', 'already-decoded', decodedXy, decodedWh, false),
  boxFault('only xy decoded', 'only-xy-decoded', decodedXy, asIs),
  boxFault('only xy decoded, described as raw', 'only-xy-decoded', decodedXy, asIs, false),
  boxFault('only wh decoded', 'only-wh-decoded', asIs, decodedWh),
  boxFault('only wh decoded, described as raw', 'only-wh-decoded', asIs, decodedWh, false),
  boxFault('exp without stride', 'exp-without-stride', decodedXy, Math.exp),
  boxFault('stride without exp', 'exp-missing', decodedXy, (value, { stride }) => value * stride),
  boxFault(
    'xy without stride',
    'stride-missing-xy',
    (value, cell, axis) => value + gridOf(cell, axis),
    decodedWh,
  ),
  boxFault('xy without grid', 'grid-missing-xy', (value, { stride }) => value * stride, decodedWh),
  boxFault(
    'grids swapped',
    'grids-swapped',
    (value, cell, axis) => (value + gridOf(cell, axis === 0 ? 1 : 0)) * cell.stride,
    decodedWh,
  ),
  {
    name: 'grids and strides of the levels 32, 16, 8',
    expected: ['grids-reordered'],
    decodedClaimed: true,
    inject: (raw) => boxes(raw, decodedXy, decodedWh, cellsOf(raw, [32, 16, 8])),
  },
  {
    name: 'levels 16, 32, 8, then decoded as 8, 16, 32',
    expected: ['levels-reordered'],
    decodedClaimed: true,
    inject: (raw) => decoded(withData(raw, reorderLevels(raw, [16, 32, 8]))),
  },
  ...rowFault('levels 32, 16, 8', 'levels-reordered', (raw) => reorderLevels(raw, [32, 16, 8])),
  ...rowFault('levels 16, 8, 32', 'levels-reordered', (raw) => reorderLevels(raw, [16, 8, 32])),
  ...rowFault('obj without sigmoid', 'obj-sigmoid-missing', (raw) => eachChannel(raw, 4, 5, logit)),
  ...rowFault('obj with two sigmoids', 'obj-sigmoid-doubled', (raw) => eachChannel(raw, 4, 5, sigmoid)),
  ...rowFault('cls without sigmoid', 'cls-sigmoid-missing', (raw) =>
    eachChannel(raw, 5, raw.channels, logit),
  ),
  ...rowFault('cls with two sigmoids', 'cls-sigmoid-doubled', (raw) =>
    eachChannel(raw, 5, raw.channels, sigmoid),
  ),
  ...rowFault('channel-major', 'channel-major', channelMajor),
];

/** Two mistakes at once. */
export const DOUBLE_FAULTS: readonly Fault[] = [
  {
    name: 'xy without stride and exp without stride',
    expected: ['stride-missing-xy', 'exp-without-stride'],
    decodedClaimed: true,
    inject: (raw) => boxes(raw, (value, cell, axis) => value + gridOf(cell, axis), Math.exp),
  },
  {
    name: 'stale xy and exp without stride',
    expected: ['only-wh-decoded', 'exp-without-stride'],
    decodedClaimed: true,
    inject: (raw) => boxes(raw, asIs, Math.exp),
  },
  {
    name: 'obj and cls without sigmoid',
    expected: ['obj-sigmoid-missing', 'cls-sigmoid-missing'],
    decodedClaimed: false,
    inject: (raw) => eachChannel(raw, 4, raw.channels, logit),
  },
  {
    name: 'channel-major, and only xy decoded',
    expected: ['channel-major', 'only-xy-decoded'],
    decodedClaimed: true,
    inject: (raw) => channelMajor(withData(raw, boxes(raw, decodedXy, asIs))),
  },
  {
    name: 'levels 32, 16, 8 and obj without sigmoid',
    expected: ['levels-reordered', 'obj-sigmoid-missing'],
    decodedClaimed: false,
    inject: (raw) => reorderLevels(withData(raw, eachChannel(raw, 4, 5, logit)), [32, 16, 8]),
  },
];

/** What healthy backends hand over, and what they say of it. */
export const HEALTHY_FORMS: readonly Fault[] = [
  { name: 'raw', expected: [], decodedClaimed: false, inject: ({ data }) => data },
  { name: 'decoded', expected: [], decodedClaimed: true, inject: decoded },
];
