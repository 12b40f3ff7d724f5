import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BadDataError } from '../../../harness/errors.ts';
import { loadWeights } from '../../../harness/weights/index.ts';
import { buildYolox, describeVariant, foldBatchNorm } from '../../../reference/network/index.ts';
import { hasShared, sharedPath } from '../../support/shared.ts';
import { fingerprint, GOLDEN, hexOf, storedEntries, temporaryFolder, zipOf } from './support.ts';

type Expected = Record<string, Record<string, { dtype: string; shape: number[]; hex: string }>>;
const expected = JSON.parse(readFileSync(new URL('expected.json', GOLDEN), 'utf8')) as Expected;
const golden = (name: string): string => fileURLToPath(new URL(name, GOLDEN));

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

describe('checkpoints written by PyTorch', () => {
  it.each(Object.keys(expected))(
    '%s: every tensor bit by bit, float16 and bfloat16 widened to float32',
    async (name) => {
      const { tensors } = await loadWeights(golden(name));
      expect([...tensors.keys()]).toEqual(Object.keys(expected[name]));
      for (const [key, want] of Object.entries(expected[name])) {
        const tensor = tensors.get(key)!;
        expect([key, tensor.dtype, tensor.shape, hexOf(tensor)]).toEqual([
          key,
          want.dtype,
          want.shape,
          want.hex,
        ]);
      }
    },
  );

  it.each(['trainer_zip.pth', 'trainer_legacy.pt'])(
    '%s: epoch and best AP beside the weights, numpy scalars too',
    async (name) => {
      const { metadata } = await loadWeights(golden(name));
      expect(metadata).toEqual({ start_epoch: 12, best_ap: 0.258, curr_ap: 0.25 });
    },
  );

  it('leaves an optimizer state on the disk: a damaged one does not matter', async () => {
    const entries = storedEntries(readFileSync(golden('trainer_zip.pth')));
    const weights = Object.keys(expected['trainer_zip.pth']).length;
    const storages = Object.keys(entries).filter((name) => name.includes('/data/'));
    expect(storages.length).toBeGreaterThan(weights);
    const kept = Object.fromEntries(
      Object.entries(entries).filter(
        ([name]) => !name.includes('/data/') || Number(name.split('/')[2]) < weights,
      ),
    );
    const { tensors } = await loadWeights(await folder.file(await zipOf(kept)));
    expect(tensors.size).toBe(weights);
  });

  it('reads compressed entries like stored ones', async () => {
    const entries = storedEntries(readFileSync(golden('types_zip.pth')));
    const { tensors } = await loadWeights(await folder.file(await zipOf(entries, true)));
    expect(fingerprint(tensors)).toEqual(fingerprint((await loadWeights(golden('types_zip.pth'))).tensors));
  });

  it('refuses a pickled module by the name of its class', async () => {
    await expect(loadWeights(golden('module_zip.pth'))).rejects.toThrow(
      /"torch\.nn\.modules\.container\.Sequential".*model\.state_dict\(\)/,
    );
  });

  it('gives the SHA-256 of the file', async () => {
    const { sha256 } = await loadWeights(await folder.file(readFileSync(golden('types_legacy.pt'))));
    const { createHash } = await import('node:crypto');
    expect(sha256).toBe(
      createHash('sha256')
        .update(readFileSync(golden('types_legacy.pt')))
        .digest('hex'),
    );
  });
});

const formatOf = async (path: string) => (await loadWeights(path)).format;

describe('the format', () => {
  it('goes by content, not by name', async () => {
    const legacy = await folder.file(readFileSync(golden('types_legacy.pt')), 'legacy.onnx');
    const zip = await folder.file(readFileSync(golden('types_zip.pth')), 'zip.pt');
    expect([await formatOf(legacy), await formatOf(zip)]).toEqual(['legacy-checkpoint', 'zip-checkpoint']);
  });

  it.each([
    ['an empty file', '', /is empty; download/],
    [
      'a Git LFS pointer',
      'version https://git-lfs.github.com/spec/v1\noid sha256:0\n',
      /Git LFS pointer.*git lfs pull/,
    ],
    ['a web page', '<!DOCTYPE html><html></html>', /web page/],
    ['an offline model', '\x7fMEF\x01\x02\x03\x04\x05', /offline model for the card/],
    ['a plain pickle', '\x80\x02K\x01.', /pickle that torch\.save did not write/],
    ['text', 'hello', /no format of weights known here/],
  ])('names %s', async (_, content, message) => {
    await expect(formatOf(await folder.file(Buffer.from(content, 'latin1')))).rejects.toThrow(message);
  });

  it('names a safetensors file, a folder and a missing file', async () => {
    const safetensors = Buffer.concat([Buffer.from([2, 0, 0, 0, 0, 0, 0, 0]), Buffer.from('{}')]);
    await expect(formatOf(await folder.file(safetensors))).rejects.toThrow(/safetensors/);
    mkdirSync(join(folder.path, 'directory'));
    await expect(formatOf(join(folder.path, 'directory'))).rejects.toThrow(/not a file/);
    await expect(formatOf(join(folder.path, 'nowhere'))).rejects.toThrow(/no such file; check the path/);
    await expect(formatOf(join(folder.path, 'nowhere'))).rejects.toThrow(BadDataError);
  });
});

describe.skipIf(!hasShared)('real weights', () => {
  const nano = (name: string): string => sharedPath(`data/yolox_nano/${name}`);

  it('YOLOX-nano: the same 642 tensors from ONNX, zip and legacy, bit by bit and in the official order', async () => {
    const [onnx, zip, legacy] = await Promise.all(
      ['yolox_nano.onnx', 'yolox_nano.pth', 'yolox_nano_unzip.pt'].map((name) => loadWeights(nano(name))),
    );
    expect([onnx.format, zip.format, legacy.format]).toEqual(['onnx', 'zip-checkpoint', 'legacy-checkpoint']);
    expect(zip.tensors.size).toBe(642);
    expect(fingerprint(onnx.tensors)).toEqual(fingerprint(zip.tensors));
    expect(fingerprint(legacy.tensors)).toEqual(fingerprint(zip.tensors));
    expect(zip.metadata).toEqual({ start_epoch: 300, best_ap: 0.258 });
    expect(onnx.metadata).toEqual({ producer: 'pytorch 1.10', opset: 11, activation: 'silu' });
  });

  it('YOLOX-nano: folding the neutral batch norm gives back the weights of the ONNX file exactly', async () => {
    const { tensors } = await loadWeights(nano('yolox_nano.onnx'));
    const folded = foldBatchNorm(buildYolox(describeVariant(tensors), tensors));
    for (const [name, tensor] of folded.tensors) {
      const source = name.endsWith('.conv.bias') ? name.replace('.conv.bias', '.bn.bias') : name;
      expect(Buffer.compare(Buffer.from(hexOf(tensor)), Buffer.from(hexOf(tensors.get(source)!)))).toBe(0);
    }
  });

  it('what MLU PyTorch 1.3 saved: weights with scale and quantized_mode', async () => {
    const { format, tensors } = await loadWeights(sharedPath('data/mlu_artifacts/headpose_quantize.pth'));
    expect([format, tensors.size]).toEqual(['legacy-checkpoint', 33]);
    const weight = tensors.get('conv1.weight')!;
    const scale = tensors.get('conv1.scale')!;
    expect([weight.dtype, weight.shape, scale.dtype, scale.shape]).toEqual([
      'float32',
      [16, 3, 3, 3],
      'float32',
      [2],
    ]);
    const absmax = (weight.data as Float32Array).reduce((max, value) => Math.max(max, Math.abs(value)), 0);
    expect(scale.data[1]).toBe(Math.fround(127 / absmax));
    expect(tensors.get('conv1.quantized_mode')).toMatchObject({ dtype: 'int32', data: Int32Array.of(1) });
  });

  it('quantised and random checkpoints: both formats of the same weights agree', async () => {
    for (const file of readdirSync(sharedPath('golden/quantize')).filter((name) => name.endsWith('.pt'))) {
      expect((await loadWeights(sharedPath(`golden/quantize/${file}`))).tensors.size).toBe(868);
    }
    const [zip, legacy] = await Promise.all(
      ['yolox_w0125_random.pth', 'yolox_w0125_random_unzip.pt'].map((name) =>
        loadWeights(sharedPath(`golden/network/${name}`)),
      ),
    );
    expect(fingerprint(zip.tensors)).toEqual(fingerprint(legacy.tensors));
  });
});
