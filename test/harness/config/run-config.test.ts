import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkConfig, loadConfig } from '../../../harness/config/load-config.ts';
import { resolveRunOptions } from '../../../harness/run/run-options.ts';

const NOW = new Date('2020-01-02T03:04:05.678Z');
const BASE = { weights: 'w.pth', dataset: 'coco', calibration: 'c' };

async function configFile(name: string, text: string): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'mlu-parity-')), name);
  await writeFile(path, text);
  return path;
}

describe('loadConfig', () => {
  test('reads a TypeScript file through defineConfig', async () => {
    const path = await configFile(
      'mlu-parity.config.ts',
      `import { defineConfig } from 'mlu-parity';
       const size: number = 416;
       export default defineConfig({ weights: 'a.pth', size, backends: ['cpu-float', 'int8'] });`,
    );
    expect(await loadConfig(path)).toEqual({ weights: 'a.pth', size: 416, backends: ['cpu-float', 'int8'] });
  });

  test.each([
    ['unknown key', `export default { wieghts: 'a' }`, /unknown key 'wieghts'; the keys are weights,/],
    ['nested unknown key', `export default { quantized: { int4: 'a' } }`, /int4/],
    ['wrong value', `export default { conf: 2 }`, /'conf' is 2, but: .*1/],
    ['wrong element', `export default { cores: [1, 'two'] }`, /'cores.1' is "two", but: /],
    ['size that no stride divides', `export default { size: 417 }`, /'size' is 417/],
    ['no default export', `export const a = 1`, /unknown key 'a'/],
    ['code that throws', `throw new Error('boom')`, /cannot load .*boom/],
    ['code that does not parse', `export default {`, /cannot load /],
  ])('%s is a usage error that names it', async (_, text, message) => {
    const path = await configFile('c.ts', text);
    await expect(loadConfig(path)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(message),
    });
  });

  test('a missing file is a usage error with its path', async () => {
    await expect(loadConfig('/nowhere/c.ts')).rejects.toThrow('cannot read the configuration /nowhere/c.ts');
  });
});

describe('resolveRunOptions', () => {
  test('fills in the thresholds of the official evaluation and demo', () => {
    const options = resolveRunOptions(BASE, NOW);
    expect(options.thresholds).toEqual({ conf: 0.001, nms: 0.65 });
    expect(options.demoThresholds).toEqual({ conf: 0.25, nms: 0.45 });
    expect(options.backends).toEqual([{ name: 'cpu-float' }, { name: 'int16', bits: 16 }]);
    expect(options.out).toBe('runs/2020-01-02T03-04-05-678Z');
  });

  test('--bits changes int16 and never int8', () => {
    const options = resolveRunOptions({ ...BASE, backends: ['int16', 'int8'], bits: 8 }, NOW);
    expect(options.backends).toEqual([
      { name: 'int16', bits: 8 },
      { name: 'int8', bits: 8 },
    ]);
  });

  test('a single size is a square', () => {
    expect(resolveRunOptions({ ...BASE, size: 416 }, NOW).size).toEqual([416, 416]);
    expect(resolveRunOptions({ ...BASE, size: [416, 640] }, NOW).size).toEqual([416, 640]);
  });

  test.each([
    ['nothing given', {}, /give --weights FILE .* and --dataset DIR/],
    ['no data', { weights: 'w' }, /--dataset DIR/],
    ['two data sets', { ...BASE, annotations: 'a' }, /give one of them/],
    ['annotations without images', { weights: 'w', annotations: 'a' }, /--image-dir/],
    ['images without annotations', { ...BASE, imageDir: 'a' }, /--annotations/],
    ['two selections', { ...BASE, images: 3, imageIds: [1] }, /each choose the images/],
    ['a backend twice', { ...BASE, backends: ['int8', 'int8'] as const }, /names int8 twice/],
    ['quantised without scales', { weights: 'w', dataset: 'd' }, /no input scales: give --calibration/],
    ['exact on tfjs', { ...BASE, engine: 'tfjs' as const }, /--execution fast/],
  ])('%s is refused with what to give', (_, config, message) => {
    expect(() => resolveRunOptions(checkConfig(config, 'options'), NOW)).toThrow(message);
  });
});
