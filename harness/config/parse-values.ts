import { InvalidArgumentError } from 'commander';
import { troubleOfBudgetKey } from './budget.ts';
import { troubleOfLatencyKey } from './latency-budget.ts';
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

/** `AP=0.005` holds for every backend, `mlu-offline:AP=0.01` for one; repeated options add up. */
export function parseBudget(text: string, previous: Record<string, number> = {}): Record<string, number> {
  const [key = '', value, ...rest] = text.split('=');
  if (value === undefined || rest.length > 0) {
    throw new InvalidArgumentError(`'${text}' is not a budget such as AP=0.005 or mlu-offline:AP=0.01.`);
  }
  const trouble = troubleOfBudgetKey(key);
  if (trouble !== null) throw new InvalidArgumentError(`${trouble}.`);
  const budget = parseNumber(value);
  if (budget < 0 || budget > 1) {
    throw new InvalidArgumentError(`'${value}' is no loss that can be allowed: give a fraction, 0 to 1.`);
  }
  return { ...previous, [key]: budget };
}

/** `5%` holds for every point that was timed, `mlu-offline=5%` for those of a backend, `mlu-offline:4=5%` at a core number. */
export function parseLatencyBudget(
  text: string,
  previous: Record<string, number> = {},
): Record<string, number> {
  const match = /^(?:(.+)=)?\+?([\d.]+)\s?%$/.exec(text);
  if (!match) {
    throw new InvalidArgumentError(`'${text}' is not a slowdown such as 5% or mlu-offline:4=5%.`);
  }
  const key = match[1] ?? 'all';
  const trouble = troubleOfLatencyKey(key);
  if (trouble !== null) throw new InvalidArgumentError(`${trouble}.`);
  return { ...previous, [key]: parseNumber(match[2]!) / 100 };
}
