import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadModel } from '../../../harness/model/load-model.ts';
import { writeLegacyCheckpoint, writeZipCheckpoint } from '../../../harness/weights/index.ts';
import { type Bits, quantize } from '../../../reference/quantize/index.ts';
import { createRandom } from '../../../reference/random.ts';
import type { AnyTensor, NamedTensors, Tensor } from '../../../reference/tensor.ts';
import { captureCli } from '../../support/capture-cli.ts';
import { type MadeUpModel, madeUpOfflineModel, madeUpTwins } from '../../support/made-up-offline-model.ts';
import { quantizedModule } from '../../support/quantized-module.ts';
import { suiteFolder } from '../../support/suite-folder.ts';

const dir = suiteFolder();
const STEM = 'backbone.backbone.stem.conv.conv';

async function quantizedNano(bits: Bits): Promise<Map<string, AnyTensor>> {
  const { tensors } = await loadModel('random:yolox-nano?seed=1');
  const quantized = new Map<string, AnyTensor>(tensors);
  const qmax = bits === 8 ? 127 : 32767;
  for (const [name, weight] of tensors) {
    if (weight.shape.length !== 4) continue;
    const module = name.slice(0, -'.weight'.length);
    const inputQuantScale = module === STEM ? qmax / 255 : 40;
    for (const [key, entry] of quantizedModule(module, weight as Tensor, { bits, inputQuantScale }))
      quantized.set(key, entry);
  }
  return quantized;
}

/** What a card would load for these weights: all but the depthwise layers as integers. */
function modelOf(tensors: NamedTensors, bits: Bits, size: number, anchors: number): MadeUpModel {
  const layers = [...tensors].flatMap(([name, weight]) => {
    if (weight.shape.length !== 4 || weight.shape[1] === 1) return [];
    const [, weightScale] = (tensors.get(name.replace('.weight', '.scale')) as Tensor).data;
    const { integers } = quantize((weight as Tensor).data, weightScale!, bits, 'half-away-from-zero');
    const padding = name.startsWith(STEM) ? 6 : weight.shape[3] === 3 ? 1 : 0;
    return [{ bits, integers, shape: weight.shape as readonly [number, number, number, number], padding }];
  });
  return {
    layers,
    input: { shape: [1, size, size, 3], position: 0, scale: 1 },
    output: { shape: [1, 85, 1, anchors] },
    cores: 4,
  };
}

function writeModel(name: string, model: MadeUpModel): string {
  const path = join(dir, `${name}.cambricon`);
  writeFileSync(path, madeUpOfflineModel(model));
  writeFileSync(`${path}_twins`, madeUpTwins(model).replace('made-up', name));
  return path;
}

describe.each<Bits>([8, 16])('a made-up int%i YOLOX-nano and its offline model', (bits) => {
  test('are clean together, and an offline model of other weights is not', async () => {
    const tensors = await quantizedNano(bits);
    const checkpoint = join(dir, `nano${bits}.pt`);
    await writeLegacyCheckpoint(checkpoint, tensors);
    const model = writeModel(`nano${bits}`, modelOf(tensors, bits, 416, 3549));
    const { exitCode, stdout, stderr } = await captureCli(
      'lint',
      checkpoint,
      model,
      '--bits',
      `${bits}`,
      '--cores',
      '4',
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain('83 of 83 layers whole');
    expect(stdout).toContain('30 depthwise layers passed over');
    expect(stdout.includes('note layout-unconfirmed')).toBe(bits === 16);
    expect(stdout).toMatch(/\n\nclean: no errors\n$/);

    // Trained on: the layers of the head have moved, and were quantised again.
    const later = new Map(tensors);
    for (const [name, weight] of tensors) {
      if (!name.startsWith('head.stems.') || weight.shape.length !== 4) continue;
      const moved = {
        ...(weight as Tensor),
        data: (weight as Tensor).data.map((w, i) => w + 0.01 * Math.sin(i)),
      };
      for (const [key, entry] of quantizedModule(name.slice(0, -7), moved, { bits, inputQuantScale: 40 }))
        later.set(key, entry);
    }
    await writeLegacyCheckpoint(join(dir, `later${bits}.pt`), later);
    const other = await captureCli('lint', '--json', join(dir, `later${bits}.pt`), model);
    expect(other.exitCode).toBe(1);
    const { sections } = JSON.parse(other.stdout);
    const named = sections
      .at(-1)
      .findings.filter(({ code }: { code: string }) => code === 'weights-not-in-model');
    expect(named.map(({ layer }: { layer: string }) => layer).sort()).toEqual(
      [0, 1, 2].map((level) => `head.stems.${level}.conv`),
    );
  });
});

test('an offline model of another size than asked for', async () => {
  const tensors = await quantizedNano(8);
  const path = writeModel('small', { ...modelOf(new Map(), 8, 416, 3549) });
  const options = ['lint', path, '--variant', 'nano', '--size'];
  expect((await captureCli(...options, '416')).exitCode).toBe(0);
  const { exitCode, stdout } = await captureCli(...options, '640');
  expect(exitCode).toBe(1);
  expect(stdout).toContain('the input is 1 416 416 3, and a YOLOX at 640x640 takes 1 640 640 3');
  expect(stdout).toContain('not clean: 2 errors (input-shape, output-shape)');
  const zipped = join(dir, 'zipped.pth');
  await writeZipCheckpoint(zipped, tensors);
  const warned = await captureCli('lint', zipped);
  expect(warned.exitCode).toBe(0);
  expect(warned.stdout).toContain('warning zip-format');
});

describe('what cannot be done is one sentence', () => {
  const write = (name: string, content: string | Uint8Array): string => {
    writeFileSync(join(dir, name), content);
    return join(dir, name);
  };
  test.each<[string, () => string[], number, RegExp]>([
    ['no such file', () => [join(dir, 'none.pth')], 3, /there is no such file/],
    ['an empty file', () => [write('empty.cambricon', '')], 3, /it is empty/],
    ['a text', () => [write('some.txt', 'hello')], 3, /no format of weights known here/],
    [
      'damaged twins',
      () => [write('a.cambricon_twins', 'This is the Twins File of "a".\n?')],
      3,
      /line 2 is "\?", not "Function number/,
    ],
    [
      'a folder',
      () => {
        mkdirSync(join(dir, 'folder'), { recursive: true });
        return [join(dir, 'folder')];
      },
      3,
      /it is not a file/,
    ],
    [
      'an unknown variant',
      () => ['x', '--variant', 'yolox-q'],
      2,
      /--variant yolox-q is no YOLOX: give one of yolox-nano/,
    ],
    ['a core number of none', () => ['x', '--cores', '0'], 2, /--cores 0 is no core number/],
    [
      'pictures without a checkpoint',
      () => [write('b.cambricon', '\x7fMEF'), '--images', dir],
      2,
      /give a quantised checkpoint too/,
    ],
  ])('%s', async (_, args, exitCode, sentence) => {
    const result = await captureCli('lint', ...args());
    expect(result).toMatchObject({ exitCode, stdout: '', stderr: expect.stringMatching(sentence) });
    expect(result.stderr.trim().split('\n')).toHaveLength(1);
  });
});

test('a whole network of strange entries is linted all the same', async () => {
  const tensors = await quantizedNano(8);
  const name = 'head.stems.0.conv.weight';
  const { shape, data } = tensors.get(name)!;
  const strange: [string, AnyTensor, string][] = [
    [name, { dtype: 'float64', shape, data: Float64Array.from(data as Float32Array) }, 'key-type'],
    [name, { dtype: 'float32', shape: [], data: new Float32Array(1) }, 'key-shape'],
    [name, { dtype: 'float32', shape: [0, 4, 1, 1], data: new Float32Array(0) }, 'key-shape'],
    ['head.more.weight', { dtype: 'float32', shape: [2, 2], data: new Float32Array(4) }, 'key-extra'],
  ];
  for (const [key, tensor, code] of strange) {
    const path = join(dir, 'strange.pt');
    await writeLegacyCheckpoint(path, new Map([...tensors, [key, tensor]] as const));
    const { exitCode, stdout } = await captureCli('lint', path);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: expect.stringContaining(` ${code}: `) });
  }
});

test('files damaged anywhere end in findings or one sentence, never in a defect', async () => {
  const tensors = await quantizedNano(8);
  const few = new Map(
    [...tensors].filter(([name]) => name.startsWith('head.stems.') || name.startsWith(STEM)),
  );
  const checkpoint = join(dir, 'few.pt');
  await writeLegacyCheckpoint(checkpoint, few);
  const model = modelOf(few, 8, 416, 3549);
  const sources = [
    { name: 'damaged.pt', bytes: (await import('node:fs')).readFileSync(checkpoint) },
    { name: 'damaged.cambricon', bytes: madeUpOfflineModel(model) },
    { name: 'damaged.cambricon_twins', bytes: Buffer.from(madeUpTwins(model)) },
  ];
  const random = createRandom(5);
  const codes = new Map<number, number>();
  for (let trial = 0; trial < 150; trial++) {
    const { name, bytes } = sources[trial % sources.length]!;
    const damaged = Buffer.from(
      bytes.subarray(0, trial % 4 === 0 ? random.integer(bytes.length) : bytes.length),
    );
    const within = trial % 2 === 0 ? damaged.length : Math.min(damaged.length, 4000);
    for (let flips = random.integer(30); flips > 0 && within > 0; flips--)
      damaged[random.integer(within)]! ^= 1 << random.integer(8);
    writeFileSync(join(dir, name), damaged);
    const files = name === 'damaged.pt' ? [join(dir, name)] : [checkpoint, join(dir, name)];
    const { exitCode, stderr } = await captureCli('lint', ...files);
    expect([0, 1, 3, 4], `trial ${trial}: ${stderr}`).toContain(exitCode);
    if (exitCode === 3) expect(stderr.trim().split('\n'), `trial ${trial}`).toHaveLength(1);
    codes.set(exitCode, (codes.get(exitCode) ?? 0) + 1);
  }
  expect([...codes.keys()].sort()).toEqual(expect.arrayContaining([1, 3]));
});
