import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { createJiti } from 'jiti';
import type { z } from 'zod';
import { UsageError } from '../errors.ts';
import { flagOf } from './flag-of.ts';
import { type RunConfig, runConfigSchema } from './run-config.ts';

/**
 * Reads a configuration file (`.ts`, `.js`, `.mjs` or `.json`) and checks every key of it.
 * @throws UsageError when the file is missing, does not load, or has a wrong key or value.
 */
export async function loadConfig(path: string): Promise<RunConfig> {
  const file = resolve(path);
  if (!existsSync(file)) {
    throw new UsageError(
      `cannot read the configuration ${path}: there is no such file; give --config an existing one`,
    );
  }
  let loaded: unknown;
  try {
    loaded = await createJiti(import.meta.url, {
      moduleCache: false,
      interopDefault: false,
      alias: { 'mlu-parity': new URL('../index.js', import.meta.url).pathname },
    }).import(file);
  } catch (error) {
    throw new UsageError(`cannot load the configuration ${path}: ${loadingTrouble(error as Error)}`, {
      cause: error,
    });
  }
  loaded = (loaded as { default?: unknown }).default;
  if (typeof loaded !== 'object' || loaded === null) {
    const found = loaded === undefined ? 'it has none' : `its is a ${typeof loaded}`;
    throw new UsageError(
      `cannot use the configuration ${path}: the default export must be defineConfig({ … }), and ${found}`,
    );
  }
  return checkConfig(loaded, `configuration ${path}`);
}

/** The first line of the message, and the place in the file that the parser gives in the second one. */
function loadingTrouble({ message }: Error): string {
  const [first = '', second = ''] = message.split('\n');
  const place = /:(\d+):(\d+)\s*$/.exec(second);
  return `${first.trim()}${place ? ` at line ${place[1]}, column ${place[2]}` : ''}`;
}

/** The source of options that were typed; what is wrong with one is said of its flag. */
export const COMMAND_LINE = 'command line';

/**
 * Checks a configuration value.
 * @throws UsageError naming the first wrong key by its path, the value found, and what is allowed.
 */
export function checkConfig(value: unknown, source: string): RunConfig {
  return checkValue(runConfigSchema, value, source);
}

/** The same for the options of another command. */
export function checkValue<T extends z.ZodObject>(schema: T, value: unknown, source: string): z.infer<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new UsageError(describeIssue(result.error.issues[0]!, value, source, Object.keys(schema.shape)));
}

function describeIssue(
  issue: z.core.$ZodIssue,
  value: unknown,
  source: string,
  keys: readonly string[],
): string {
  if (issue.code === 'unrecognized_keys') {
    const where = issue.path.length > 0 ? `${issue.path.join('.')}.` : '';
    return `${source}: unknown key ${issue.keys.map((key) => `'${where}${key}'`).join(', ')}; the keys are ${keys.join(', ')}`;
  }
  const path = issue.path.join('.');
  const found = issue.path.reduce<unknown>(
    (at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key],
    value,
  );
  const [option] = issue.path;
  if (source === COMMAND_LINE && option !== undefined) {
    const typed = (value as Record<PropertyKey, unknown>)[option];
    const what = Array.isArray(typed) && typed.length > 1 && issue.path.length > 1 ? String(found) : 'it';
    return `${flagOf(String(option), typed)} cannot be: ${expectation(issue).replace(/^it /, `${what} `)}`;
  }
  return `${source}: '${path || 'default export'}' is ${JSON.stringify(found)}, but: ${expectation(issue)}`;
}

/** What a value must be: of a choice between several forms, every one of them. */
function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_union': {
      if (issue.errors.length === 0) return issue.message;
      const literals = issue.errors.flatMap(([first]) =>
        first?.code === 'invalid_value' ? first.values.map(String) : [],
      );
      if (literals.length === issue.errors.length) return `it must be ${literals.join(' or ')}`;
      return issue.errors.flatMap(([first]) => (first ? [expectation(first)] : [])).join('; or ');
    }
    case 'invalid_value':
      return `it must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.join(', ')}`;
    case 'invalid_type':
      return `it must be ${AS_WORDS[issue.expected] ?? issue.expected}`;
    case 'too_small':
      return issue.origin === 'array' || issue.origin === 'string'
        ? 'it must not be empty'
        : `it must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`;
    case 'too_big':
      return `it must be ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}`;
    case 'not_multiple_of':
      return `it must be a multiple of ${issue.divisor}`;
    default:
      return issue.message;
  }
}

const AS_WORDS: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object of options',
};
