import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadModel, type Model } from '../../../harness/model/load-model.ts';
import { foldBatchNorm } from '../../../reference/network/index.ts';
import type { AnyTensor } from '../../../reference/tensor.ts';
import { captureCli } from '../../support/capture-cli.ts';
import { hasShared, sharedPath } from '../../support/shared.ts';
import { suiteFolder } from '../../support/suite-folder.ts';

const dir = suiteFolder();
const at = (...parts: string[]): string => join(dir, ...parts);
const SEEDED = 'random:yolox-nano?seed=3';

/** What the network computes with: for ONNX, which holds folded weights, the only thing that can be equal. */
function expectSameNetwork(actual: Model, expected: Model): void {
  const [own, other] = [foldBatchNorm(actual.graph), foldBatchNorm(expected.graph)];
  expect([...own.tensors.keys()].sort()).toEqual([...other.tensors.keys()].sort());
  for (const [name, { data, shape }] of own.tensors) {
    expect(shape, name).toEqual(other.tensors.get(name)!.shape);
    const wanted = other.tensors.get(name)!.data;
    // A second fold, of γ = 1 and σ² + ε = 1 that float32 cannot hold exactly, may move the last bit.
    expect(
      data.every((value, i) => Math.abs(value - wanted[i]!) <= 3e-7 * Math.abs(wanted[i]!)),
      name,
    ).toBe(true);
  }
  expect(actual.variant).toMatchObject({ name: expected.variant.name, classes: expected.variant.classes });
}

const bytesOf = ({ buffer, byteOffset, byteLength }: AnyTensor['data']): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);

function expectSameTensors(actual: Model, expected: Model): void {
  expect([...actual.tensors.keys()]).toEqual([...expected.tensors.keys()]);
  for (const [name, { dtype, shape, data }] of actual.tensors) {
    const wanted = expected.tensors.get(name)!;
    expect({ dtype, shape }, name).toEqual({ dtype: wanted.dtype, shape: wanted.shape });
    expect(bytesOf(data).equals(bytesOf(wanted.data)), name).toBe(true);
  }
}

const ENDINGS = ['pt', 'pth', 'onnx'];

describe('convert', () => {
  let seeded: Model;
  beforeAll(async () => {
    seeded = await loadModel(SEEDED);
    for (const ending of ENDINGS) {
      const { exitCode } = await captureCli('convert', SEEDED, at(`from.${ending}`));
      expect(exitCode).toBe(0);
    }
  });

  test.each(ENDINGS.flatMap((from) => ENDINGS.map((to) => [from, to])))(
    '.%s to .%s: the same weights, to the bit where neither is ONNX',
    async (from, to) => {
      const out = at(`${from}-to.${to}`);
      const { exitCode, stdout } = await captureCli('convert', at(`from.${from}`), out);
      expect({ exitCode, stdout }).toMatchObject({
        exitCode: 0,
        stdout: expect.stringContaining('YOLOX-nano'),
      });
      const converted = await loadModel(out);
      if (from === 'onnx' || to === 'onnx') expectSameNetwork(converted, seeded);
      else expectSameTensors(converted, seeded);
    },
  );

  test('--json says what was written', async () => {
    const { stdout } = await captureCli('convert', at('from.pth'), at('json.pt'), '--json');
    expect(JSON.parse(stdout)).toEqual({
      file: at('json.pt'),
      format: 'legacy',
      variant: 'nano',
      parameters: seeded.parameters,
      quantizedModules: 0,
    });
  });

  test('--to decides against the ending', async () => {
    await captureCli('convert', at('from.pth'), at('legacy.weights'), '--to', 'legacy');
    expect((await loadModel(at('legacy.weights'))).format).toBe('legacy-checkpoint');
  });

  test.skipIf(!hasShared)(
    'the trained nano: legacy and zip file hold the tensors of the official ones',
    async () => {
      const official = await loadModel(sharedPath('data', 'yolox_nano', 'yolox_nano.pth'));
      await captureCli('convert', sharedPath('data', 'yolox_nano', 'yolox_nano.pth'), at('nano.pt'));
      await captureCli('convert', sharedPath('data', 'yolox_nano', 'yolox_nano_unzip.pt'), at('nano.pth'));
      const [legacy, zip] = [await loadModel(at('nano.pt')), await loadModel(at('nano.pth'))];
      expect([legacy.format, zip.format]).toEqual(['legacy-checkpoint', 'zip-checkpoint']);
      expectSameTensors(legacy, official);
      expectSameTensors(zip, official);
    },
  );
});

describe('convert refuses, and leaves nothing behind', () => {
  let from = '';
  beforeAll(async () => {
    from = at('source.pth');
    await captureCli('convert', SEEDED, from);
    await mkdir(at('out'));
    await writeFile(at('broken.pth'), readFileSync(from).subarray(0, 5000));
    await writeFile(at('file'), '');
  });

  test.each<[string, number, () => string[], RegExp]>([
    ['an unknown ending', 2, () => [from, at('out', 'a.bin')], /format of .*a\.bin .*: use \.pt/],
    ['a folder that is none', 2, () => [from, at('file', 'a.pt')], /cannot write .*a\.pt \(ENOTDIR\): give/],
    ['a folder that is not there', 2, () => [from, at('no', 'a.pth')], /\(ENOENT\): give a place/],
    ['no such file', 3, () => [at('no.pth'), at('out', 'a.pt')], /no\.pth: there is no such file; check/],
    ['a cut-off file', 3, () => [at('broken.pth'), at('out', 'a.pt')], /broken\.pth: /],
    ['--size for a checkpoint', 2, () => [from, at('out', 'a.pt'), '--size', '640'], /belong to ONNX/],
    ['--decode without a size', 2, () => [from, at('out', 'a.onnx'), '--decode'], /add --size/],
    ['an unknown format', 2, () => [from, at('out', 'a.pt'), '--to', 'caffe'], /Allowed choices/],
  ])('%s: exit %i', async (_, exitCode, args, sentence) => {
    const result = await captureCli('convert', ...args());
    expect(result).toMatchObject({ exitCode, stdout: '', stderr: expect.stringMatching(sentence) });
    expect(readdirSync(at('out'))).toEqual([]);
    expect(existsSync(at('no'))).toBe(false);
  });

  test('an existing file, which stays as it is, unless --force is given', async () => {
    await writeFile(at('theirs.pt'), 'theirs');
    const refused = await captureCli('convert', from, at('theirs.pt'));
    expect(refused).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/theirs\.pt exists already: add --force/),
    });
    expect(readFileSync(at('theirs.pt'), 'utf8')).toBe('theirs');
    expect((await captureCli('convert', from, at('theirs.pt'), '--force')).exitCode).toBe(0);
    expect((await loadModel(at('theirs.pt'))).variant.name).toBe('nano');
  });
});
