import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadWeights, writeZipCheckpoint } from '../../../harness/weights/index.ts';
import { float32Tensor } from '../../../reference/tensor.ts';
import { captureCli } from '../../support/capture-cli.ts';
import { makeCocoFolder, writeAnnotations } from '../../support/make-coco-folder.ts';
import { hasShared, sharedPath } from '../../support/shared.ts';
import { suiteFolder } from '../../support/suite-folder.ts';

const USAGE = 2;
const BAD_DATA = 3;

const dir = suiteFolder();
const at = (...parts: string[]): string => join(dir, ...parts);
const coco = at('coco');
const out = at('out');

/** A run that works; later options win over earlier ones. */
const GOOD = ['--weights', 'random:yolox-nano?seed=1', '--dataset', coco, '--size', '64'];
const QUICK = [
  '--backends',
  'cpu-float',
  '--no-latency',
  '--noise-floor-images',
  '0',
  '--out',
  out,
  '--json',
];

beforeAll(async () => {
  const good = await makeCocoFolder(coco, 2);
  const spoilt = async (name: string, change: Partial<typeof good>): Promise<void> => {
    await mkdir(at(name));
    await makeCocoFolder(at(name), 2);
    await writeAnnotations(at(name), { ...good, ...change });
  };
  await spoilt('few-categories', { categories: good.categories.slice(0, 79) });
  await spoilt('same-category-id', {
    categories: good.categories.map((entry) => ({ ...entry, id: Math.max(2, entry.id) })),
  });
  await spoilt('same-image-id', { images: good.images.map((image) => ({ ...image, id: 1 })) });
  await spoilt('missing-picture', {
    images: good.images.map((image) => ({ ...image, file_name: image.id === 2 ? 'gone.png' : '1.png' })),
  });
  await spoilt('no-images', { images: [] });
  await spoilt('not-json', {});
  await writeFile(at('not-json', 'instances.json'), '{"images": [');
  await spoilt('not-coco', {});
  await writeFile(at('not-coco', 'instances.json'), '[1, 2]');
  await mkdir(at('empty'));
  await mkdir(at('used'));
  await writeFile(at('used', 'theirs.txt'), 'theirs');
  await writeFile(at('text.pth'), 'these are no weights');
  await writeFile(at('list.txt'), '1\n77\n');
  await writeFile(at('wrong.config.ts'), 'export default { wieghts: "a.pth" }');
});

/** Runs what must be refused; gives the sentence after checking that nothing else was said or made. */
async function refusal(args: readonly string[], expectedExitCode: number): Promise<string> {
  const { exitCode, stdout, stderr } = await captureCli('run', ...GOOD, ...QUICK, ...args);
  const document = JSON.parse(stdout) as { error: { exitCode: number; message: string } };
  expect([exitCode, document.error.exitCode]).toEqual([expectedExitCode, expectedExitCode]);
  expect(stderr).toContain(document.error.message);
  expect(existsSync(out), 'a refused run leaves no run folder').toBe(false);
  return document.error.message;
}

describe('the run refuses with one sentence that has the value and the fix', () => {
  test.each<[string, number, () => string[], RegExp]>([
    ['no such weights', BAD_DATA, () => ['--weights', at('no.pth')], /no\.pth: there is no such file; check/],
    ['no weights in the file', BAD_DATA, () => ['--weights', at('text.pth')], /text\.pth: .* give a PyTorch/],
    [
      'unknown variant',
      USAGE,
      () => ['--weights', 'random:yolox-q'],
      /'random:yolox-q': write .* one of nano/,
    ],
    ['no such data set', BAD_DATA, () => ['--dataset', at('no')], /\/no: there is nothing at .*; check/],
    ['folder without a data set', BAD_DATA, () => ['--dataset', at('empty')], /empty: .* give the data set/],
    [
      'broken JSON',
      BAD_DATA,
      () => ['--dataset', at('not-json')],
      /instances\.json: it ends in the middle of the data after 12 characters; fetch/,
    ],
    ['JSON of something else', BAD_DATA, () => ['--dataset', at('not-coco')], /instances\.json/],
    [
      '79 categories',
      BAD_DATA,
      () => ['--dataset', at('few-categories')],
      /80 classes .* 79 categories; take/,
    ],
    [
      'a category id twice',
      BAD_DATA,
      () => ['--dataset', at('same-category-id')],
      /id 2: entries 0 and 1\); give each/,
    ],
    [
      'an image id twice',
      BAD_DATA,
      () => ['--dataset', at('same-image-id')],
      /id 1: entries 0 and 1\); give each/,
    ],
    ['missing picture', BAD_DATA, () => ['--dataset', at('missing-picture')], /gone\.png.*; complete/],
    ['no images in the file', BAD_DATA, () => ['--dataset', at('no-images')], /has no images/],
    ['--images 0', USAGE, () => ['--images', '0'], /--images 0 cannot be: it must be at least 1/],
    ['more images than there are', BAD_DATA, () => ['--images', '3'], /3.*2/],
    ['unknown image id', BAD_DATA, () => ['--image-ids', '1,99'], /the image 99: .* check the list/],
    [
      'unknown id in a list',
      BAD_DATA,
      () => ['--image-list', at('list.txt')],
      /the image 77: .* check the list/,
    ],
    ['no such list', BAD_DATA, () => ['--image-list', at('no.txt')], /no\.txt/],
    ['seed over 32 bits', USAGE, () => ['--seed', '4294967296'], /--seed 4294967296 cannot be/],
    ['used output folder', USAGE, () => ['--out', at('used')], /used: it is not empty; give --out/],
    [
      'output folder is a file',
      USAGE,
      () => ['--out', at('text.pth')],
      /text\.pth: it is a file; give --out/,
    ],
    [
      'output below a file',
      USAGE,
      () => ['--out', at('text.pth', 'x')],
      /text\.pth\/x .*ENOTDIR.*give --out/,
    ],
    ['size no stride divides', USAGE, () => ['--size', '100'], /--size 100 cannot be: .*32/],
    ['--bits 12', USAGE, () => ['--backends', 'int16', '--bits', '12'], /--bits 12 cannot be: .* 8 or 16/],
    ['--seed without --images', USAGE, () => ['--seed', '1'], /--seed 1 has no effect without --images/],
    [
      'unknown backend',
      USAGE,
      () => ['--backends', 'mlu'],
      /--backends mlu cannot be: it must be one of cpu-float, int16, int8, mlu-online, mlu-offline/,
    ],
    ['no scales', USAGE, () => ['--backends', 'int16'], /int16 has no input scales: give --calibration/],
    [
      'no pictures',
      BAD_DATA,
      () => ['--backends', 'int16', '--calibration', at('empty')],
      /empty: it has no/,
    ],
    [
      'no folder',
      BAD_DATA,
      () => ['--backends', 'int8', '--calibration', at('no')],
      /no \(ENOENT\): give --cal/,
    ],
    [
      'no checkpoint of a card',
      BAD_DATA,
      () => ['--backends', 'mlu-online', '--quantized', `mlu-online=${at('no.pt')}`],
      /^cannot read weights from \/\S*\/no\.pt: there is no such file/,
    ],
    [
      'activations without a card',
      USAGE,
      () => ['--activations', 'float16'],
      /--activations float16 has no effect: it belongs to mlu-online and mlu-offline, and .* names none of them; leave/,
    ],
    ['two data sets', USAGE, () => ['--annotations', 'a.json'], /--dataset and --annotations .* give one/],
    [
      'two selections',
      USAGE,
      () => ['--images', '1', '--image-ids', '1'],
      /each choose the images: give one/,
    ],
    ['a wrong key in a file', USAGE, () => ['--config', at('wrong.config.ts')], /'wieghts'; the keys are/],
    ['no such file', USAGE, () => ['--config', at('no.config.ts')], /no\.config\.ts: .* give --config/],
    ['no number', USAGE, () => ['--conf', 'low'], /'low' is not a number/],
    ['out of range', USAGE, () => ['--nms', '1.5'], /--nms 1\.5 cannot be: it must be at most 1/],
    ['no cores', USAGE, () => ['--cores', '0'], /--cores 0 cannot be/],
    ['unknown option', USAGE, () => ['--cards', '2'], /unknown option '--cards'/],
  ])('%s: exit %i', async (_, exitCode, args, sentence) => {
    expect(await refusal(args(), exitCode)).toMatch(sentence);
  });

  test('a used output folder is refused before anything is read', async () => {
    expect(await refusal(['--out', at('used'), '--weights', at('no.pth')], USAGE)).toContain('not empty');
  });

  test.skipIf(!hasShared)('weights of another architecture', async () => {
    const weights = sharedPath('data', 'mlu_artifacts', 'headpose_quantize.pth');
    expect(await refusal(['--weights', weights], BAD_DATA)).toMatch(
      /headpose_quantize\.pth: .*"backbone\.backbone\.stem\.conv\.conv\.weight" is missing.*; give the weights of a YOLOX/,
    );
  });

  test.skipIf(!hasShared)(
    'a quantised checkpoint with other bits, and one that is not quantised',
    async () => {
      const int16 = sharedPath('golden', 'quantize', 'yolox_nano_int16.pt');
      expect(await refusal(['--backends', 'int8', '--quantized', int16], BAD_DATA)).toMatch(
        /int8 with 8 bits .*int16\.pt: it was quantised to int16; give a checkpoint quantised to int8, or --bits 16/,
      );
      expect(
        await refusal(['--backends', 'mlu-offline', '--bits', '8', '--quantized', int16], BAD_DATA),
      ).toMatch(/mlu-offline with 8 bits .* give a checkpoint quantised to int8, or --bits 16/);
      const float = sharedPath('data', 'yolox_nano', 'yolox_nano.pth');
      const sample = fileURLToPath(new URL('../../../datasets/sample/yolox-scenes.pth', import.meta.url));
      const others = ['--weights', sample, '--dataset', 'scenes:2', '--backends', 'mlu-online'];
      expect(await refusal([...others, '--quantized', `mlu-online=${int16}`], BAD_DATA)).toMatch(
        /cannot take the scales of mlu-online from .*: it has 80 classes and yolox-scenes\.pth has 12/,
      );
      expect(await refusal(['--backends', 'int16', '--quantized', float], BAD_DATA)).toMatch(
        /yolox_nano\.pth: no module of it has a scale; give a checkpoint saved after quantize_dynamic_mlu/,
      );
    },
  );

  test.skipIf(!hasShared)('a checkpoint whose first convolution normalises by itself', async () => {
    const { tensors } = await loadWeights(sharedPath('golden', 'quantize', 'yolox_nano_int16.pt'));
    const stem = 'backbone.backbone.stem.conv.conv';
    const withStatistics = async (name: string, mean: number[], std: number[]): Promise<string> => {
      const entries = { input_mean: mean, input_std: std };
      const added = Object.entries(entries).map(
        ([key, values]) => [`${stem}.${key}`, float32Tensor(Float32Array.from(values), [3])] as const,
      );
      await writeZipCheckpoint(at(name), new Map([...tensors, ...added]));
      return at(name);
    };
    const args = (path: string): string[] => ['--backends', 'int16', '--quantized', path];
    const normalising = await withStatistics('firstconv.pth', [123, 116, 103], [58, 57, 57]);
    expect(await refusal(args(normalising), BAD_DATA)).toMatch(
      /firstconv\.pth: backbone\.backbone\.stem\.conv\.conv was .*mean 123, 116, 103, std 58, 57, 57.*; quantise with firstconv=False/,
    );
    const identity = await withStatistics('identity.pth', [0, 0, 0], [1, 1, 1]);
    const { exitCode } = await captureCli(
      'run',
      ...GOOD,
      ...QUICK,
      ...args(identity),
      '--out',
      at('identity'),
    );
    expect(exitCode).toBe(0);
  });
});
