import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Which other folders each layer may import. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  reference: [],
  datasets: ['reference'],
  reports: ['reference'],
  harness: ['reference', 'datasets', 'reports'],
};

const PURE = ['reference', 'reports'];
const IMPURE =
  /\bfrom ['"]node:|\bimport\(|\bconsole\.|\bprocess\.|\bMath\.random\b|\bDate\.now\b|\bnew Date\(\)|\bperformance\./;

const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*['"]([^'"]+)['"]/g;

/** Code without its comments, in which words like `from` may stand. */
function withoutComments(code: string): string {
  return code.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"])\/\/.*$/gm, '$1');
}

const files = Object.keys(MAY_IMPORT).flatMap((layer) => {
  const found = readdirSync(join(ROOT, layer), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `${layer}/${file}`);
  return found.map((file) => ({
    layer,
    file,
    code: withoutComments(readFileSync(join(ROOT, file), 'utf8')),
  }));
});

describe('layers: reference ← datasets, reports ← harness', () => {
  test('every layer has files', () => {
    for (const layer of Object.keys(MAY_IMPORT))
      expect(files.some((entry) => entry.layer === layer)).toBe(true);
  });

  test('imports go one way, and nothing imports test', () => {
    const wrong = files.flatMap(({ layer, file, code }) =>
      [...code.matchAll(IMPORT)]
        .map(([, target]) => target!)
        .filter((target) => target.startsWith('.'))
        .map((target) => relative(ROOT, join(ROOT, dirname(file), target)).split('/')[0]!)
        .filter((folder) => folder !== layer && !MAY_IMPORT[layer]!.includes(folder))
        .map((folder) => `${file} → ${folder}`),
    );
    expect(wrong).toEqual([]);
  });

  test('reference and reports touch neither node, the clock, the console nor randomness', () => {
    const wrong = files
      .filter(({ layer, code }) => PURE.includes(layer) && IMPURE.test(code))
      .map(({ file, code }) => `${file}: ${IMPURE.exec(code)![0]}`);
    expect(wrong).toEqual([]);
  });
});
