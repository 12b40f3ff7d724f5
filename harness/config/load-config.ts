import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { createJiti } from 'jiti';
import type { z } from 'zod';
import { UsageError } from '../errors.ts';
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
      alias: { 'mlu-parity': new URL('../index.js', import.meta.url).pathname },
    }).import(file, { default: true });
  } catch (error) {
    throw new UsageError(
      `cannot load the configuration ${path}: ${(error as Error).message.split('\n')[0]}; it must export defineConfig({ … }) as default`,
      { cause: error },
    );
  }
  return checkConfig(loaded, `configuration ${path}`);
}

/**
 * Checks a configuration value.
 * @throws UsageError naming the first wrong key by its path, the value found, and what is allowed.
 */
export function checkConfig(value: unknown, source: string): RunConfig {
  return checkAgainst(runConfigSchema, value, source);
}

/**
 * Checks the options of any command against its schema.
 * @throws UsageError as `checkConfig` does.
 */
export function checkAgainst<T>(schema: z.ZodType<T>, value: unknown, source: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new UsageError(`${source}: ${describeIssue(result.error.issues[0]!, value)}`);
}

function describeIssue(issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.code === 'unrecognized_keys') {
    const where = issue.path.length > 0 ? `${issue.path.join('.')}.` : '';
    const known = Object.keys(runConfigSchema.shape).join(', ');
    return `unknown key ${issue.keys.map((key) => `'${where}${key}'`).join(', ')}; the keys are ${known}`;
  }
  const path = issue.path.join('.');
  const found = issue.path.reduce<unknown>(
    (at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key],
    value,
  );
  return `'${path || 'default export'}' is ${JSON.stringify(found)}, but: ${expectation(issue)}`;
}

/** What a value must be: of a choice between several forms, every one of them. */
function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return issue.message;
  const literals = issue.errors.flatMap(([first]) =>
    first?.code === 'invalid_value' ? first.values.map(String) : [],
  );
  if (literals.length === issue.errors.length) return `it must be ${literals.join(' or ')}`;
  return issue.errors.map(([first]) => first?.message).join('; or ');
}
