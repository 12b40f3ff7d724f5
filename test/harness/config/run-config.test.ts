import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { COMMAND_LINE, checkConfig, loadConfig } from '../../../harness/config/load-config.ts';
import type { RunConfig } from '../../../harness/config/run-config.ts';
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
    ['no default export', `export const a = 1`, /default export must be defineConfig.*it has none/],
    ['a function', `export default () => ({})`, /default export must be .*its is a function/],
    ['code that throws', `throw new Error('boom')`, /cannot load .*boom/],
    ['code that does not parse', `export default { a b }`, /cannot load .* at line 1, column \d+$/],
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
    const backendsOf = (backends: ('int16' | 'int8')[], bits: 8 | 16) =>
      resolveRunOptions({ ...BASE, backends, bits }, NOW).backends;
    expect(backendsOf(['int16'], 8)).toEqual([{ name: 'int16', bits: 8 }]);
    expect(backendsOf(['int16', 'int8'], 16)).toEqual([
      { name: 'int16', bits: 16 },
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
    [
      'int16 made the same as int8',
      { ...BASE, backends: ['int16', 'int8'] as const, bits: 8 as const },
      /--bits 8 makes int16 the same as int8.*: leave out --bits/,
    ],
    ['bits of a card', { ...BASE, bits: 12 }, /'bits' is 12, but: .*8 or 16/],
    ['activations of no kind', { ...BASE, activations: 'float64' }, /'activations' is .*float64/],
    [
      'a card without scales',
      { weights: 'w', dataset: 'd', backends: ['mlu-online'] as const },
      /mlu-online has no/,
    ],
    ['exact on tfjs', { ...BASE, engine: 'tfjs' as const }, /--execution fast/],
  ])('%s is refused with what to give', (_, config, message) => {
    expect(() => resolveRunOptions(checkConfig(config, 'options'), NOW)).toThrow(message);
  });

  const FLOAT = { weights: 'w', dataset: 'd', backends: ['cpu-float'] };
  const CHECKPOINT = { weights: 'w', dataset: 'd', quantized: { all: 'q.pt' } };
  test.each<[string, object]>([
    ['--calibration', { ...FLOAT, calibration: 'c' }],
    ['--quantized', { ...FLOAT, quantized: { all: 'q.pt' } }],
    ['--execution', { ...FLOAT, execution: 'exact' }],
    ['--rounding', { ...FLOAT, rounding: 'half-up' }],
    ['--bits', { ...FLOAT, bits: 16 }],
    ['--bits', { ...BASE, backends: ['cpu-float', 'int8'], bits: 16 }],
    ['--activations', { ...BASE, activations: 'float16' }],
    ['--activations', { ...FLOAT, activations: 'float32' }],
    ['--functions', { ...BASE, functions: 'table' }],
    ['--execution', { ...BASE, backends: ['cpu-float', 'mlu-online', 'mlu-offline'], execution: 'fast' }],
    ['--quantized mlu-offline', { ...BASE, quantized: { 'mlu-offline': 'q.pt' } }],
    ['--calibration', { ...CHECKPOINT, backends: ['mlu-online'], calibration: 'c' }],
    ['--engine tfjs', { ...BASE, backends: ['mlu-online', 'mlu-offline'], engine: 'tfjs' }],
    ['--latency-samples 9', { ...BASE, backends: ['mlu-offline'], latencySamples: 9 }],
    ['--latency-seconds 9', { ...BASE, backends: ['mlu-offline'], latencySeconds: 9 }],
    ['--cores 1,2', { ...BASE, cores: [1, 2], latency: false }],
    ['--calibration', { ...CHECKPOINT, calibration: 'c' }],
    ['--calibration-images', { ...CHECKPOINT, calibrationImages: 8 }],
    ['--headroom', { ...CHECKPOINT, headroom: 1 }],
    ['--percentile', { ...CHECKPOINT, percentile: 99 }],
    ['--per-channel', { ...CHECKPOINT, perChannel: true }],
    ['--quantized int8', { ...BASE, quantized: { int8: 'q.pt' } }],
    ['--split', { weights: 'w', annotations: 'a', imageDir: 'i', calibration: 'c', split: 'val' }],
    ['--seed', { ...FLOAT, seed: 0 }],
    ['--seed', { ...BASE, replicates: 0, seed: 0 }],
    ['--seed', { ...FLOAT, seed: 3, imageIds: [1] }],
    ['--replicates', { ...FLOAT, replicates: 500 }],
    ['--budget AP=0.01', { ...FLOAT, budgets: { AP: 0.01 } }],
    ['--budget int8:AP=0.01', { ...BASE, budgets: { 'int8:AP': 0.01 } }],
  ])('%s without an effect is refused: %j', (option, config) => {
    expect(() => resolveRunOptions(checkConfig(config, 'options'), NOW)).toThrow(
      new RegExp(`^${option}.* has no effect.*leave`),
    );
  });

  test('emulated cards take bits, checkpoints and calibration as int16 does, and leave the engine to the others', () => {
    const backends = ['cpu-float', 'int16', 'int8', 'mlu-online', 'mlu-offline'];
    const quantized = { 'mlu-online': 'q.pt' };
    const config = checkConfig(
      { ...BASE, backends, quantized, engine: 'tfjs', execution: 'fast' },
      'options',
    );
    const options = resolveRunOptions(config, NOW);
    expect(options.backends.slice(3)).toEqual([
      { name: 'mlu-online', bits: 16 },
      { name: 'mlu-offline', bits: 16 },
    ]);
    expect(options.quantization).toMatchObject({ calibration: 'c', checkpoints: quantized });
    expect(options.numerics).toEqual({ activations: 'float32', functions: 'exact' });
    const eight = checkConfig(
      { ...BASE, backends: ['cpu-float', 'mlu-online'], bits: 8, engine: 'tfjs' },
      'options',
    );
    expect(resolveRunOptions(eight, NOW).backends[1]).toEqual({ name: 'mlu-online', bits: 8 });
  });

  test('an option that only some of the backends feel is taken', () => {
    const backends = ['cpu-float', 'mlu-offline'];
    const felt = { latencySamples: 9, bits: 8, card: 'mlu220', engine: 'tfjs', rounding: 'half-up' };
    const config = checkConfig({ ...BASE, ...felt, backends }, 'options');
    expect(resolveRunOptions(config, NOW)).toMatchObject({ engine: 'tfjs', latency: { samples: 9 } });
  });

  test('what was typed is named by its flag, and of a list by what is wrong in it', () => {
    const refused =
      (value: unknown): (() => RunConfig) =>
      () =>
        checkConfig(value, COMMAND_LINE);
    expect(refused({ latencySamples: 1 })).toThrow(/^--latency-samples 1 cannot be: it must be at least 5$/);
    expect(refused({ backends: ['cpu-float', 'gpu'] })).toThrow(
      /^--backends cpu-float,gpu cannot be: gpu must be one of cpu-float, /,
    );
    expect(refused({ cores: [4, 0] })).toThrow(/^--cores 4,0 cannot be: 0 must be at least 1$/);
    expect(refused({ nothing: 1 })).toThrow(/^command line: unknown key 'nothing'; the keys are /);
  });

  test('a configuration file may hold what this run does not use; what was typed may not', () => {
    const file = checkConfig({ ...BASE, seed: 3, perChannel: true }, 'file');
    const typed = checkConfig({ backends: ['cpu-float'] }, COMMAND_LINE);
    expect(resolveRunOptions({ ...file, ...typed }, NOW, typed).backends).toEqual([{ name: 'cpu-float' }]);
    const more = checkConfig({ ...typed, rounding: 'half-up' }, COMMAND_LINE);
    expect(() => resolveRunOptions({ ...file, ...more }, NOW, more)).toThrow(
      '--rounding half-up has no effect',
    );
  });

  test('calibration beside a checkpoint stays, where one of two quantised backends has none', () => {
    const config = { ...BASE, headroom: 1.5, backends: ['int16', 'int8'], quantized: { int16: 'q.pt' } };
    const { quantization } = resolveRunOptions(checkConfig(config, 'options'), NOW);
    expect(quantization).toMatchObject({ headroom: 1.5, calibration: 'c', checkpoints: { int16: 'q.pt' } });
  });
});
