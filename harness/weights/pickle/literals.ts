import { UnusableFile } from '../unusable-file.ts';

const MAX_INTEGER_BYTES = 16;

/** @throws UnusableFile when an integer is longer than any a state dict has. */
export function integerLength(length: number): number {
  if (length > MAX_INTEGER_BYTES) throw new UnusableFile(`its pickle has an integer of ${length} bytes`);
  return length;
}

/** Two's complement, least significant byte first; a number where that is exact. */
export function littleEndianInteger(bytes: Uint8Array): number | bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]);
  return narrow(bytes.length === 0 ? 0n : BigInt.asIntN(bytes.length * 8, value));
}

export function decimalInteger(text: string, booleans: boolean): number | bigint | boolean {
  if (booleans && text === '01') return true;
  if (booleans && text === '00') return false;
  if (!/^[+-]?\d{1,40}$/.test(text)) throw new UnusableFile('its pickle has an integer that is not one');
  return narrow(BigInt(text.replace(/^\+/, '')));
}

export function decimalFloat(text: string): number {
  if (!/^([+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|[+-]?inf|nan)$/i.test(text)) {
    throw new UnusableFile('its pickle has a number that is not one');
  }
  return Number(text.replace(/inf/i, 'Infinity'));
}

function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Protocol 0 text of Python 2: quoted; escapes do not occur in the names of a state dict. */
export function quotedString(line: string): string {
  const quoted = /^'([^\\']*)'$|^"([^\\"]*)"$/.exec(line);
  if (!quoted) throw new UnusableFile('its pickle has a string that is not quoted plainly');
  return quoted[1] ?? quoted[2];
}

export function memoIndex(line: string): number {
  if (!/^\d{1,10}$/.test(line)) throw new UnusableFile('its pickle has a memo index that is not a number');
  return Number(line);
}
