/**
 * Stable orders of many entries by typed keys, as permutations: each function takes the order so far and returns a
 * new one, so that sorting by several keys is calling them from the least significant key to the most significant.
 */

/** The order of a file: 0, 1, 2, … */
export function fileOrder(count: number): Uint32Array {
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  return order;
}

/**
 * `order` rearranged to ascending `keys[entry]`, all of them below `bucketCount`; equal keys keep their order. An order
 * that is right already, as that of a file by image often is, comes back as it is.
 */
export function orderByKey(order: Uint32Array, keys: Uint32Array, bucketCount: number): Uint32Array {
  const count = order.length;
  let inOrder = 1;
  while (inOrder < count && keys[order[inOrder - 1]!]! <= keys[order[inOrder]!]!) inOrder++;
  if (inOrder >= count) return order;
  const next = new Uint32Array(bucketCount + 1);
  for (let i = 0; i < count; i++) next[keys[order[i]!]! + 1]!++;
  for (let b = 0; b < bucketCount; b++) next[b + 1]! += next[b]!;
  const ordered = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    const entry = order[i]!;
    ordered[next[keys[entry]!]!++] = entry;
  }
  return ordered;
}

const DIGIT_BITS = 11;
const DIGITS = 1 << DIGIT_BITS;
/** First bit of each digit in a 32-bit word; the last digit has ten bits. */
const SHIFTS = [0, DIGIT_BITS, 2 * DIGIT_BITS] as const;

/**
 * `order` rearranged to descending `values[entry]`, equal values (also 0 and −0) keeping their order. NaN is not allowed.
 * A radix sort over the bits of the doubles: digits that are the same everywhere cost nothing, as the lower half of
 * scores that were float32 once.
 */
export function orderByDescending(order: Uint32Array, values: Float64Array): Uint32Array {
  const count = order.length;
  let current = order;
  for (const { word, varying } of ascendingBitsOfNegated(values)) {
    for (const shift of SHIFTS) {
      if (((varying >>> shift) & (DIGITS - 1)) === 0) continue;
      const next = new Uint32Array(DIGITS + 1);
      for (let i = 0; i < count; i++) next[((word[current[i]!]! >>> shift) & (DIGITS - 1)) + 1]!++;
      for (let b = 0; b < DIGITS; b++) next[b + 1]! += next[b]!;
      const ordered = new Uint32Array(count);
      for (let i = 0; i < count; i++) {
        const entry = current[i]!;
        ordered[next[(word[entry]! >>> shift) & (DIGITS - 1)]!++] = entry;
      }
      current = ordered;
    }
  }
  return current;
}

interface Word {
  readonly word: Uint32Array;
  /** The bits that are not the same in all entries. */
  readonly varying: number;
}

/**
 * The bits of each `−value`, changed so that their order as unsigned integers is the order of the numbers: first the
 * lower 32 of all, then the upper 32.
 */
function ascendingBitsOfNegated(values: Float64Array): [low: Word, high: Word] {
  const count = values.length;
  const double = Float64Array.of(1);
  const words = new Uint32Array(double.buffer);
  const highWord = words[1] === 0 ? 0 : 1;
  const lowWord = 1 - highWord;
  const low = new Uint32Array(count);
  const high = new Uint32Array(count);
  let lowVarying = 0;
  let highVarying = 0;
  for (let i = 0; i < count; i++) {
    // 0 − value and not −value: both zeros become +0, and so the same bits.
    double[0] = 0 - values[i]!;
    const top = words[highWord]!;
    const negative = top >>> 31 === 1;
    low[i] = negative ? ~words[lowWord]! : words[lowWord]!;
    high[i] = negative ? ~top : top ^ 0x80000000;
    lowVarying |= low[i]! ^ low[0]!;
    highVarying |= high[i]! ^ high[0]!;
  }
  return [
    { word: low, varying: lowVarying },
    { word: high, varying: highVarying },
  ];
}
