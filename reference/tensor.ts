/**
 * A tensor: one typed array in row-major order, with its shape.
 *
 * `layout` names what the axes mean where that matters (`NCHW` and `NHWC` images, `OIHW` convolution weights,
 * `NAC` = batch, anchor, channel for a detector's head output); it is absent for anything else.
 */
export interface Tensor<T extends TensorData = Float32Array> {
  readonly dtype: DTypeOf<T>;
  readonly shape: readonly number[];
  readonly layout?: Layout;
  readonly data: T;
}

export type Layout = 'NCHW' | 'NHWC' | 'OIHW' | 'NAC';

export type TensorData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | BigInt64Array;

/** Name of the element type. A `Uint16Array` holds the bits of float16 values, which JavaScript has no array for. */
export type DTypeOf<T extends TensorData> = T extends Float32Array
  ? 'float32'
  : T extends Float64Array
    ? 'float64'
    : T extends Int8Array
      ? 'int8'
      : T extends Uint8Array
        ? 'uint8'
        : T extends Int16Array
          ? 'int16'
          : T extends Uint16Array
            ? 'float16'
            : T extends Int32Array
              ? 'int32'
              : 'int64';

export type AnyTensor = {
  [K in TensorData as DTypeOf<K>]: Tensor<K>;
}[DTypeOf<TensorData>];

/** Tensors by their state-dict name, in the order of the file they came from. */
export type NamedTensors = ReadonlyMap<string, AnyTensor>;

/** Number of elements of a shape; 1 for a scalar (`[]`). */
export function elementCount(shape: readonly number[]): number {
  let count = 1;
  for (const extent of shape) count *= extent;
  return count;
}

/**
 * A float32 tensor over `data` (not copied).
 * @throws RangeError when the shape does not hold exactly `data.length` elements.
 */
export function float32Tensor(data: Float32Array, shape: readonly number[], layout?: Layout): Tensor {
  if (elementCount(shape) !== data.length) {
    throw new RangeError(
      `cannot shape ${data.length} values as [${shape.join(', ')}], which holds ${elementCount(shape)}`,
    );
  }
  return layout ? { dtype: 'float32', shape, layout, data } : { dtype: 'float32', shape, data };
}
