import type { OrderTable } from './level-orders.ts';
import type { CentreForm, SizeForm } from './reading.ts';

export const CENTRE_FORMS: readonly CentreForm[] = [
  'raw',
  'decoded',
  'stride-missing',
  'grid-missing',
  'grids-swapped',
  'grids-transposed',
];
export const SIZE_FORMS: readonly SizeForm[] = ['raw', 'decoded', 'stride-missing', 'exp-missing'];

/**
 * Raw centre coordinate, in cells, behind a value of the given form.
 * @param axis 0 for x, 1 for y.
 * @param table grids and strides that the value was decoded with.
 * @param position of the value's row in the output.
 */
export function rawCentre(
  form: CentreForm,
  value: number,
  axis: 0 | 1,
  table: OrderTable,
  position: number,
): number {
  switch (form) {
    case 'raw':
      return value;
    case 'decoded':
      return value / table.stride[position]! - (axis === 0 ? table.column : table.row)[position]!;
    case 'stride-missing':
      return value - (axis === 0 ? table.column : table.row)[position]!;
    case 'grid-missing':
      return value / table.stride[position]!;
    case 'grids-swapped':
      return value / table.stride[position]! - (axis === 0 ? table.row : table.column)[position]!;
    case 'grids-transposed':
      return (
        value / table.stride[position]! -
        (axis === 0 ? table.transposedColumn : table.transposedRow)[position]!
      );
  }
}

/**
 * Raw size, the logarithm of the size in strides, behind a value of the given form; NaN for a size that is not positive.
 * @param stride that the value was decoded with.
 */
export function rawSize(form: SizeForm, value: number, stride: number): number {
  switch (form) {
    case 'raw':
      return value;
    case 'decoded':
      return value > 0 ? Math.log(value / stride) : Number.NaN;
    case 'stride-missing':
      return value > 0 ? Math.log(value) : Number.NaN;
    case 'exp-missing':
      return value / stride;
  }
}
