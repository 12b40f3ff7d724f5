/** The bits of a float16 value; an array of them is a `Uint16Array`. */
export type HalfBits = number;

const scratch = new DataView(new ArrayBuffer(4));

function float32Bits(value: number): number {
  scratch.setFloat32(0, value);
  return scratch.getUint32(0);
}

/**
 * IEEE 754 binary16 bits nearest to a float32 value, ties to even; overflow becomes infinity, NaN the quiet 0x7e00 with
 * its sign. `value` is first made a float32, as an activation in memory is.
 */
export function halfFromFloat(value: number): HalfBits {
  const bits = float32Bits(value);
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  // 65520 is the tie between the largest half and the next step, and goes to infinity.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude < 0x38800000) {
    // Below 2^-14 the step is 2^-24, whatever the exponent: count steps in float64, where the product is exact.
    const steps = Math.abs(value32(bits)) * 2 ** 24;
    const below = Math.floor(steps);
    const rest = steps - below;
    return sign | (below + (rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? 1 : 0));
  }
  const rest = magnitude & 0x1fff;
  const truncated = ((magnitude >>> 13) - (112 << 10)) | 0;
  return sign | (truncated + (rest > 0x1000 || (rest === 0x1000 && truncated % 2 === 1) ? 1 : 0));
}

/** The float32 value of binary16 bits, infinities and NaN included. */
export function floatFromHalf(bits: HalfBits): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (fraction | 0x400) * 2 ** (exponent - 25);
}

/**
 * The vendor's conversion, Cambricon mlu-ops core/tool.cpp `castFloat32ToHalf`, bit by bit: rounds by the first dropped
 * bit alone (half away from zero in magnitude); 65536 and above, infinity too, becomes ±65504; a non-zero value below
 * 2^-24 becomes the smallest subnormal; NaN is 0x7e00 with its sign.
 *
 * As in the original the rounding may carry: 65520 up to 65536 gives the bits of infinity, which the vendor's way back
 * reads as 65504.
 */
export function vendorHalfFromFloat(value: number): HalfBits {
  const bits = float32Bits(value);
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  const exponent = (magnitude >>> 23) - 127;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (exponent >= 16) return sign | 0x7bff;
  if (exponent >= -14) {
    return sign | (((exponent + 15) << 10) + ((magnitude >>> 13) & 0x3ff) + ((magnitude >>> 12) & 1));
  }
  if (exponent >= -24) {
    const significand = (magnitude & 0x7fffff) | 0x800000;
    return sign | (((significand >>> (-exponent - 1)) & 0x3ff) + ((significand >>> (-exponent - 2)) & 1));
  }
  return sign | (magnitude ? 1 : 0);
}

/** The vendor's way back, core/tool.cpp `castHalfToFloat32`: infinities read as ±65504, NaN stays NaN. */
export function vendorFloatFromHalf(bits: HalfBits): number {
  if ((bits & 0x7fff) === 0x7c00) return bits & 0x8000 ? -65504 : 65504;
  return floatFromHalf(bits);
}

/**
 * What a float32 value reads as after a stay in the vendor's float16 memory: the nearest half, ties away from zero, at most
 * ±65504, and at least ±2^-24 where the value is not zero. Zero keeps its sign, NaN stays NaN.
 */
export function roundToVendorHalf(value: number): number {
  return vendorFloatFromHalf(vendorHalfFromFloat(value));
}

function value32(bits: number): number {
  scratch.setUint32(0, bits);
  return scratch.getFloat32(0);
}
