/**
 * JSON that gives back what it was made of to the bit: NaN, the infinities and −0 as well as arrays of floats, which JSON has
 * not. Typed arrays are their little-endian bytes in base64, a third of the length of digits.
 */
export function exactJson(value: unknown): string {
  return JSON.stringify(value, encode);
}

/** @throws SyntaxError for text that is no JSON, RangeError for bytes that make no array. */
export function parseExactJson(text: string): unknown {
  return JSON.parse(text, decode);
}

const ARRAYS = { $f32: Float32Array, $f64: Float64Array, $u16: Uint16Array } as const;
type ArrayKey = keyof typeof ARRAYS;

const NUMBERS: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
  '-0': -0,
};

function encode(_: string, value: unknown): unknown {
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))) {
    return { $number: Object.is(value, -0) ? '-0' : String(value) };
  }
  for (const key of Object.keys(ARRAYS) as ArrayKey[]) {
    if (!(value instanceof ARRAYS[key])) continue;
    return { [key]: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64') };
  }
  return value;
}

function decode(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const [entry, ...others] = Object.entries(value);
  if (entry === undefined || others.length > 0 || typeof entry[1] !== 'string') return value;
  const [key, text] = entry;
  if (key === '$number' && text in NUMBERS) return NUMBERS[text];
  if (!(key in ARRAYS)) return value;
  // A copy: what Buffer hands out need not begin at a multiple of the elements' size.
  return new ARRAYS[key as ArrayKey](Uint8Array.from(Buffer.from(text, 'base64')).buffer);
}
