import { instantiateWasm, type WasmExports } from '../instantiate-wasm.ts';
import { RANGE_CHECK_WASM } from './range-check-wasm.ts';

/**
 * Whether, in rows of `channels` numbers, the first 4 (reg) are finite and each of the rest (obj, cls) is in 0 … 2, 2 left
 * out. A −0 among the rest makes the answer false.
 * @param data whole rows of at least 5 channels.
 */
export type RangeCheck = (data: Float32Array, channels: number) => boolean;

/** The exponent bits; Infinity and NaN have all of them. */
const EXPONENT = 0x7f800000;
const LOWEST_EXPONENT_BIT = 0x00800000;
/** Sign and highest exponent bit: both are clear exactly in the float32 values from +0 to just below 2. */
const NOT_BELOW_TWO = 0xc0000000;

/** The check in TypeScript. */
export function plainRangeCheck(data: Float32Array, channels: number): boolean {
  const bits = new Int32Array(data.buffer, data.byteOffset, data.length);
  // The bits of all numbers are gathered with OR and judged at the end: one branch instead of one for each number. Four
  // gatherers, so that no OR waits for the one before. Adding the lowest exponent bit to an exponent of all ones
  // carries into bit 31.
  let reg = 0;
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let at = 0; at < bits.length; ) {
    const end = at + channels;
    reg |= (bits[at]! & EXPONENT) + LOWEST_EXPONENT_BIT;
    reg |= (bits[at + 1]! & EXPONENT) + LOWEST_EXPONENT_BIT;
    reg |= (bits[at + 2]! & EXPONENT) + LOWEST_EXPONENT_BIT;
    reg |= (bits[at + 3]! & EXPONENT) + LOWEST_EXPONENT_BIT;
    for (at += 4; at < end - 3; at += 4) {
      a |= bits[at]!;
      b |= bits[at + 1]!;
      c |= bits[at + 2]!;
      d |= bits[at + 3]!;
    }
    for (; at < end; at++) a |= bits[at]!;
  }
  return reg >= 0 && ((a | b | c | d) & NOT_BELOW_TWO) === 0;
}

interface CheckModule extends WasmExports {
  /** Addresses, and the numbers of a row after reg; as `range-check.wat` says. */
  check(at: number, end: number, rest: number): number;
}

/**
 * The same with SIMD; undefined where the platform has none. The numbers pass through WebAssembly's memory in portions
 * that fit the nearer caches: a third of the time of `plainRangeCheck`.
 */
export function openSimdRangeCheck(): RangeCheck | undefined {
  const module = instantiateWasm<CheckModule>(RANGE_CHECK_WASM);
  if (!module) return undefined;
  const portion = new Float32Array(module.memory.buffer);
  return (data, channels) => {
    const step = Math.floor(portion.length / channels) * channels;
    if (step === 0) return plainRangeCheck(data, channels);
    for (let from = 0; from < data.length; from += step) {
      const part = data.subarray(from, from + step);
      portion.set(part);
      if (module.check(0, part.byteLength, channels - 4) !== 0) return false;
    }
    return true;
  };
}

let fastest: RangeCheck | undefined;

/** The fastest check that the platform has, found at the first call. */
export const rangeCheck: RangeCheck = (data, channels) => {
  fastest ??= openSimdRangeCheck() ?? plainRangeCheck;
  return fastest(data, channels);
};
