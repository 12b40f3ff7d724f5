import { instantiateWasm, type WasmExports } from '../instantiate-wasm.ts';
import type { AxisTable, AxisTableCache } from './axis-table.ts';
import type { BgrImage, PixelSize } from './bgr-image.ts';
import { RESIZE_ROWS_WASM } from './resize-rows-wasm.ts';

/** What the module below exports; addresses and extents as `resize-rows.wat` says. */
interface ResizeRows extends WasmExports {
  horizontal(source: number, columns: number, width: number, out: number, plane: number): void;
  vertical(
    above: number,
    aboveWeight: number,
    below: number,
    belowWeight: number,
    count: number,
    out: number,
  ): void;
}

const NO_ROW = -1;
const PAGE_BYTES = 65536;
/** Bytes that the horizontal pass may read past the end of a source row. */
const OVERREAD = 8;

/** Blue, green and red of one row, a float32 grey level 0 … 255 for each pixel. */
export type RowPlanes = readonly [blue: Float32Array, green: Float32Array, red: Float32Array];

/**
 * What `RowResizer` does, with SIMD: equal to the byte, and handing out float32 planes.
 *
 * Only a few rows lie in WebAssembly's memory at a time, so that it stays small however large a picture is.
 */
export class SimdRowResizer {
  readonly #module: ResizeRows;
  #picture: Uint8Array = new Uint8Array(0);
  #sourceWidth = 0;
  #width = 0;
  #rows: AxisTable | undefined;
  #columns: AxisTable | undefined;
  /** Width rounded up to what one step of either pass takes, 8 pixels. */
  #paddedWidth = 0;
  #source = new Uint8Array(0);
  #planes: RowPlanes = [new Float32Array(0), new Float32Array(0), new Float32Array(0)];
  #columnsAt = 0;
  #above = 0;
  #below = 0;
  #out = 0;
  #aboveRow = NO_ROW;
  #belowRow = NO_ROW;

  constructor(module: ResizeRows) {
    this.#module = module;
  }

  /** Begins a new picture. Sizes must have been checked: positive integers, `image.data` of the right length. */
  start(image: BgrImage, size: PixelSize, tables: AxisTableCache): void {
    this.#picture = image.data;
    this.#aboveRow = NO_ROW;
    this.#belowRow = NO_ROW;
    this.#rows = tables.get(image.height, size.height, 'clip-position');
    const columns = tables.get(image.width, size.width, 'drop-fraction');
    if (columns === this.#columns && image.width === this.#sourceWidth && size.width === this.#width) return;
    this.#sourceWidth = image.width;
    this.#width = size.width;
    this.#columns = columns;
    this.#layMemory();
    this.#writeColumns(columns);
  }

  /** Row `y` of the result. The arrays are reused by the next call. Ascending rows are the fast order. */
  row(y: number): RowPlanes {
    const rows = this.#rows!;
    const upper = rows.lower[y]!;
    const lower = rows.upper[y]!;
    if (this.#aboveRow !== upper) {
      if (this.#belowRow === upper) {
        const spare = this.#above;
        this.#above = this.#below;
        this.#below = spare;
        this.#belowRow = NO_ROW;
      } else {
        this.#horizontal(upper, this.#above);
      }
      this.#aboveRow = upper;
    }
    let below = this.#below;
    if (lower === upper) {
      below = this.#above;
    } else if (this.#belowRow !== lower) {
      this.#horizontal(lower, below);
      this.#belowRow = lower;
    }
    this.#module.vertical(
      this.#above,
      rows.lowerWeight[y]!,
      below,
      rows.upperWeight[y]!,
      3 * this.#paddedWidth,
      this.#out,
    );
    return this.#planes;
  }

  #horizontal(sourceRow: number, out: number): void {
    const samples = this.#sourceWidth * 3;
    this.#source.set(this.#picture.subarray(sourceRow * samples, (sourceRow + 1) * samples));
    this.#module.horizontal(0, this.#columnsAt, this.#paddedWidth, out, this.#paddedWidth * 2);
  }

  /** One after the other: source row, columns, two rows of int16, the result of float32. */
  #layMemory(): void {
    const samples = this.#sourceWidth * 3;
    const padded = Math.ceil(this.#width / 8) * 8;
    this.#paddedWidth = padded;
    this.#columnsAt = Math.ceil((samples + OVERREAD) / 16) * 16;
    this.#above = this.#columnsAt + padded * 8;
    this.#below = this.#above + padded * 6;
    this.#out = this.#below + padded * 6;
    const { memory } = this.#module;
    const missing = this.#out + padded * 12 - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
    const { buffer } = memory;
    this.#source = new Uint8Array(buffer, 0, samples);
    const plane = (index: number) => new Float32Array(buffer, this.#out + index * padded * 4, this.#width);
    this.#planes = [plane(0), plane(1), plane(2)];
  }

  #writeColumns({ lower, lowerWeight, upperWeight }: AxisTable): void {
    const columns = new Int32Array(this.#module.memory.buffer, this.#columnsAt, 2 * this.#paddedWidth);
    columns.fill(0);
    // The right neighbour is not named: where it is not the next pixel, at the border, its weight is 0.
    for (let x = 0; x < lower.length; x++) {
      columns[2 * x] = lower[x]! * 3;
      columns[2 * x + 1] = lowerWeight[x]! | (upperWeight[x]! << 16);
    }
  }
}

let shared: { readonly resizer: SimdRowResizer | undefined } | undefined;

/**
 * The one resizer of this process, made when it is first asked for; undefined where WebAssembly or its SIMD instructions
 * are missing or forbidden. Shared because each WebAssembly memory reserves gigabytes of addresses; a user finishes its
 * picture before anything else can run.
 */
export function simdRowResizer(): SimdRowResizer | undefined {
  if (!shared) {
    const module = instantiateWasm<ResizeRows>(RESIZE_ROWS_WASM);
    shared = { resizer: module && new SimdRowResizer(module) };
  }
  return shared.resizer;
}
