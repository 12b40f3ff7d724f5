import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createContext, Script } from 'node:vm';
import { build } from 'rolldown';
import { beforeAll, describe, expect, test } from 'vitest';
import { suiteFolder } from './support/suite-folder.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** What a consumer writes: the public names of each entry, used on a small input. */
const CONSUMER = `
import {
  type CocoGroundTruth,
  decodeInPlace,
  evaluateDetections,
  float32Tensor,
  postprocess,
  restoreDetections,
  toCocoResults,
} from 'mlu-parity/reference';

/** One object at anchor 0 of a 32×32 input (4 × 4 + 2 × 2 + 1 anchors), one class, 8 × 8 pixels around (4, 4). */
export function detectAndEvaluate() {
  const data = new Float32Array(21 * 6);
  data.set([0.5, 0.5, 0, 0, 0.9, 0.8]);
  const size = { height: 32, width: 32 };
  const output = float32Tensor(data.slice(), [1, 21, 6], 'NAC');
  const [found] = postprocess(output, { conf: 0.1, nms: 0.5, inputSize: size, decoded: false });
  const decoded = float32Tensor(data.slice(), [1, 21, 6], 'NAC');
  decodeInPlace(decoded, size);
  const groundTruth: CocoGroundTruth = {
    images: [{ id: 1, file_name: 'a.png', width: 32, height: 32 }],
    categories: [{ id: 3, name: 'a' }],
    annotations: [{ id: 1, image_id: 1, category_id: 3, bbox: [0, 0, 8, 8], area: 64, iscrowd: 0 }],
  };
  const results = toCocoResults(restoreDetections(found!, 1), 1, [3]);
  const { stats } = evaluateDetections(groundTruth, results, { imageIds: [1] });
  return { decoded: [...decoded.data.slice(0, 4)], results, AP: stats.AP };
}
`;

const EXPECTED = {
  decoded: [4, 4, 8, 8],
  results: [{ image_id: 1, category_id: 3, bbox: [0, 0, 8, 8], score: expect.closeTo(0.72, 6) }],
  AP: expect.closeTo(1, 12),
};

describe('the package as another program sees it (built by npm test)', () => {
  const dir = suiteFolder();
  const file = (name: string): string => join(dir, name);

  beforeAll(() => {
    mkdirSync(file('node_modules'));
    symlinkSync(ROOT, file('node_modules/mlu-parity'), 'dir');
    writeFileSync(file('package.json'), '{ "type": "module" }');
    writeFileSync(file('consumer.ts'), CONSUMER);
  });

  test('every entry of "exports" resolves to code and to types', () => {
    const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      exports: Record<string, string | { types: string; default: string }>;
    };
    expect(Object.keys(exports)).toEqual(
      expect.arrayContaining(['.', './reference', './datasets', './reports', './package.json']),
    );
    for (const target of Object.values(exports)) {
      for (const path of typeof target === 'string' ? [target] : Object.values(target))
        expect(readFileSync(join(ROOT, path), 'utf8').length).toBeGreaterThan(0);
    }
  });

  test.each([
    ['mlu-parity', ['defineConfig']],
    [
      'mlu-parity/reference',
      ['letterbox', 'decodeInPlace', 'postprocess', 'evaluateDetections', 'tensorDiff'],
    ],
    ['mlu-parity/datasets', ['loadDataset', 'readImage', 'createClassMap']],
    ['mlu-parity/reports', ['htmlReport', 'parseRunRecord']],
  ])('node: import %s', (entry, names) => {
    writeFileSync(
      file('entry.js'),
      `const found = await import('${entry}');
       console.log(JSON.stringify(Object.fromEntries(Object.entries(found).map(([name, value]) => [name, typeof value]))));`,
    );
    const found = JSON.parse(
      execFileSync(process.execPath, ['entry.js'], { cwd: dir, encoding: 'utf8' }),
    ) as object;
    for (const name of names) expect(found).toHaveProperty(name, 'function');
  });

  test('inner files cannot be imported past the entries', () => {
    writeFileSync(file('inner.js'), `await import('mlu-parity/dist/harness/run/run.js')`);
    expect(() => execFileSync(process.execPath, ['inner.js'], { cwd: dir, stdio: 'pipe' })).toThrow(
      /ERR_PACKAGE_PATH_NOT_EXPORTED/,
    );
  });

  test("types: a strict TypeScript program compiles against the entries, and a wrong use doesn't", () => {
    const options = {
      ...{ target: 'es2023', lib: ['es2023', 'dom'], module: 'nodenext', types: [], strict: true },
      ...{ noEmit: true, skipLibCheck: false },
    };
    const compile = (name: string): void => {
      writeFileSync(file('tsconfig.json'), JSON.stringify({ compilerOptions: options, files: [name] }));
      execFileSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', dir], {
        stdio: 'pipe',
      });
    };
    compile('consumer.ts');
    writeFileSync(
      file('wrong.ts'),
      `import { boxIou } from 'mlu-parity/reference';\nexport const iou: string = boxIou([0], 0, [0], 0);`,
    );
    expect(() => compile('wrong.ts')).toThrow();
  });

  test('reference in a browser: bundled without any node module, it decodes, postprocesses and evaluates', async () => {
    const { output } = await build({
      input: file('consumer.ts'),
      cwd: dir,
      platform: 'browser',
      write: false,
      logLevel: 'silent',
      resolve: { conditionNames: ['browser', 'import', 'default'] },
      output: { format: 'iife', name: 'consumer', minify: false },
    });
    const [chunk] = output;
    expect(output).toHaveLength(1);
    expect(chunk.imports).toEqual([]);
    expect(chunk.code).not.toMatch(/node:|\brequire\(/);

    // A context of its own has the language and nothing of Node: no process, Buffer, require or fetch.
    const context = createContext({});
    expect(new Script('typeof process + typeof Buffer + typeof require').runInContext(context)).toBe(
      'undefinedundefinedundefined',
    );
    new Script(chunk.code).runInContext(context);
    const text = new Script('JSON.stringify(consumer.detectAndEvaluate())').runInContext(context) as string;
    expect(JSON.parse(text)).toEqual(EXPECTED);
  });
});
