import { InvalidArgumentError } from 'commander';
import { QUANTIZED_BACKENDS } from './option-choices.ts';

/** Parsers of option values: they read the text, the schema checks the meaning. Each throws InvalidArgumentError. */

export function parseNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value))
    throw new InvalidArgumentError(`'${text}' is not a number.`);
  return value;
}

export function parseInteger(text: string): number {
  const value = parseNumber(text);
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError(`'${text}' is not a whole number.`);
  return value;
}

export function parseIntegerList(text: string): number[] {
  return parseList(text).map(parseInteger);
}

export function parseList(text: string): string[] {
  const items = text.split(',').map((item) => item.trim());
  if (items.some((item) => item === '')) {
    throw new InvalidArgumentError(`'${text}' has an empty entry; separate the values by single commas.`);
  }
  return items;
}

/** `416` is a square, `416x640` is height × width. */
export function parseSize(text: string): number | [number, number] {
  const match = /^(\d+)(?:x(\d+))?$/.exec(text);
  if (!match)
    throw new InvalidArgumentError(`'${text}' is not a size such as 416 or 416x640 (height x width).`);
  return match[2] === undefined ? Number(match[1]) : [Number(match[1]), Number(match[2])];
}

const ONE_BACKEND = new RegExp(`^(${QUANTIZED_BACKENDS.join('|')})=(.+)$`);

/** `FILE` serves every quantised backend, `int8=FILE` or `mlu-online=FILE` one of them; repeated options add up. */
export function parseQuantized(text: string, previous: Record<string, string> = {}): Record<string, string> {
  const match = ONE_BACKEND.exec(text);
  const other = match ? null : /^([\w-]+)=/.exec(text);
  if (other) {
    throw new InvalidArgumentError(
      `'${other[1]}' is no quantised backend: those are ${QUANTIZED_BACKENDS.join(', ')}; write ./${text} for a file of that name.`,
    );
  }
  return match ? { ...previous, [match[1]!]: match[2]! } : { ...previous, all: text };
}
