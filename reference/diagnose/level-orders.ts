import { type AnchorGrid, STRIDES } from '../decode/index.ts';

/** Levels of the head by their index (0 = stride 8, 1 = 16, 2 = 32), in the order they follow each other. */
export type LevelOrder = readonly [number, number, number];

/** YOLOX's own. */
export const NATURAL_ORDER: LevelOrder = [0, 1, 2];

/** Every order of the three levels, YOLOX's own first. */
export const LEVEL_ORDERS: readonly LevelOrder[] = [
  NATURAL_ORDER,
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
];

/** What lies at each position of an output whose levels follow each other in one order. */
export interface OrderTable {
  readonly order: LevelOrder;
  /** Position of each anchor of YOLOX's order, `[anchors]`. */
  readonly position: Int32Array;
  /** Column, row (in cells) and stride (in pixels) of the cell at each position, `[anchors]`. */
  readonly column: Float32Array;
  readonly row: Float32Array;
  readonly stride: Float32Array;
  /** Column and row in a grid that was laid out column by column, as `meshgrid(columns, rows)` in `ij` order gives it. */
  readonly transposedColumn: Float32Array;
  readonly transposedRow: Float32Array;
}

/** One table an order, in the order of `LEVEL_ORDERS`. */
export function orderTables(grid: AnchorGrid): readonly OrderTable[] {
  const { anchors, levels } = grid;
  return LEVEL_ORDERS.map((order) => {
    const table: OrderTable = {
      order,
      position: new Int32Array(anchors),
      column: new Float32Array(anchors),
      row: new Float32Array(anchors),
      stride: new Float32Array(anchors),
      transposedColumn: new Float32Array(anchors),
      transposedRow: new Float32Array(anchors),
    };
    let at = 0;
    for (const index of order) {
      const { start, count, columns, rows, stride } = levels[index]!;
      for (let cell = 0; cell < count; cell++, at++) {
        table.position[start + cell] = at;
        table.column[at] = cell % columns;
        table.row[at] = Math.floor(cell / columns);
        table.stride[at] = stride;
        table.transposedColumn[at] = Math.floor(cell / rows);
        table.transposedRow[at] = cell % rows;
      }
    }
    return table;
  });
}

/** The table of `order` among those of `orderTables`. */
export function tableOf(tables: readonly OrderTable[], order: LevelOrder): OrderTable {
  return tables.find((table) => sameOrder(table.order, order))!;
}

export function sameOrder(a: LevelOrder, b: LevelOrder): boolean {
  return a[0] === b[0] && a[1] === b[1];
}

/** Strides in their order, as a port's author would write them: `32, 16, 8`. */
export function describeOrder(order: LevelOrder): string {
  return order.map((index) => STRIDES[index]).join(', ');
}
