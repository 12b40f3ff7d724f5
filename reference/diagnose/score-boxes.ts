import { CENTRE_FORMS, rawCentre, rawSize, SIZE_FORMS } from './box-forms.ts';
import { type OrderTable, sameOrder } from './level-orders.ts';
import { medianInPlace } from './median.ts';
import type { CentreForm, SizeForm } from './reading.ts';

/** How far boxes are from the reference's when their numbers are taken to be of one form. */
export interface FormError {
  /** Median over the anchors, in cells for centres, in units of the logarithm for sizes: what forms are told apart by. */
  readonly raw: number;
  /** Median over the anchors in pixels of the network input: what is shown. */
  readonly pixels: number;
}

export interface BoxScore<Form> {
  readonly form: Form;
  /** Of the grids and strides. */
  readonly order: OrderTable;
  readonly error: FormError;
}

/** Beyond this a raw difference only says "not this form"; NaN and overflow count as it. */
const RAW_CAP = 1e3;
/** Pixels beyond every picture, in place of an overflow of exp. */
export const PIXEL_CAP = 1e6;

/** The rows of some anchors of one image, by the reference and by the output in question. */
export interface ComparedRows {
  /** Raw head output of the reference, `[anchors, channels]`. */
  readonly reference: Float32Array;
  /** As it stands in the output. */
  readonly actual: Float32Array;
  readonly channels: number;
  /** Position of each row in the output, `[anchors]`. */
  readonly positions: Int32Array;
  /** Stride of each row's own level, `[anchors]`. */
  readonly strides: Float32Array;
}

/**
 * Errors of the centres under each form and order of the grids that a port could have.
 * @param own table of the order that the levels of the output are in.
 */
export function scoreCentres(
  rows: ComparedRows,
  own: OrderTable,
  tables: readonly OrderTable[],
): BoxScore<CentreForm>[] {
  return candidates(CENTRE_FORMS, own, tables).map(({ form, order }) => ({
    form,
    order,
    error: centreError(rows, form, order),
  }));
}

/** @see {@link scoreCentres} */
export function scoreSizes(
  rows: ComparedRows,
  own: OrderTable,
  tables: readonly OrderTable[],
): BoxScore<SizeForm>[] {
  return candidates(SIZE_FORMS, own, tables).map(({ form, order }) => ({
    form,
    order,
    error: sizeError(rows, form, order),
  }));
}

/** Every order for what is decoded; only the likely two for what is decoded wrongly: two mistakes at once are rare. */
function candidates<Form extends CentreForm | SizeForm>(
  forms: readonly Form[],
  own: OrderTable,
  tables: readonly OrderTable[],
): { form: Form; order: OrderTable }[] {
  const natural = tables[0]!;
  const likely = sameOrder(own.order, natural.order) ? [own] : [own, natural];
  return forms.flatMap((form) =>
    (form === 'raw' ? [own] : form === 'decoded' ? tables : likely).map((order) => ({ form, order })),
  );
}

function centreError(rows: ComparedRows, form: CentreForm, table: OrderTable): FormError {
  const { reference, actual, channels, positions, strides } = rows;
  const count = positions.length;
  const raw = new Float64Array(count * 2);
  const pixels = new Float64Array(count * 2);
  for (let i = 0; i < count; i++) {
    for (const axis of AXES) {
      const at = i * channels + axis;
      const difference = capped(
        rawCentre(form, actual[at]!, axis, table, positions[i]!) - reference[at]!,
        RAW_CAP,
      );
      raw[i * 2 + axis] = difference;
      pixels[i * 2 + axis] = difference * strides[i]!;
    }
  }
  return { raw: medianInPlace(raw), pixels: medianInPlace(pixels) };
}

function sizeError(rows: ComparedRows, form: SizeForm, table: OrderTable): FormError {
  const { reference, actual, channels, positions, strides } = rows;
  const count = positions.length;
  const raw = new Float64Array(count * 2);
  const pixels = new Float64Array(count * 2);
  for (let i = 0; i < count; i++) {
    for (const axis of AXES) {
      const at = i * channels + 2 + axis;
      const own = rawSize(form, actual[at]!, table.stride[positions[i]!]!);
      raw[i * 2 + axis] = capped(own - reference[at]!, RAW_CAP);
      pixels[i * 2 + axis] = capped((Math.exp(own) - Math.exp(reference[at]!)) * strides[i]!, PIXEL_CAP);
    }
  }
  return { raw: medianInPlace(raw), pixels: medianInPlace(pixels) };
}

const AXES = [0, 1] as const;

const capped = (difference: number, cap: number): number => {
  const magnitude = Math.abs(difference);
  return Math.min(magnitude, cap);
};
