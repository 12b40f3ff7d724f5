import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { hasShared, sharedPath } from './support/shared.ts';
import { spawnCli } from './support/spawn-cli.ts';
import { suiteFolder } from './support/suite-folder.ts';

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

/** Every command of the README's shell blocks, in order, as arguments of the program. */
const COMMANDS = [...README.matchAll(/```sh\n([\s\S]*?)```/g)]
  .flatMap(([, block]) => block!.split('\n'))
  .map((line) => line.trim())
  .filter((line) => line !== '');

/** What a user would have lying about: real files under the README's names. */
function furnish(folder: string): void {
  const copy = (from: string, to: string): void => cpSync(from, join(folder, to));
  copy(sharedPath('data', 'yolox_nano', 'yolox_nano.pth'), 'yolox_nano.pth');
  copy(sharedPath('golden', 'quantize', 'yolox_nano_int16.pt'), 'yolox_nano_int16.pt');
  copy(sharedPath('golden', 'network', '000000397133_raw.npy'), 'float.npy');
  copy(sharedPath('golden', 'quantize', 'int16_000000397133_raw.npy'), 'card.npy');
  copy(sharedPath('data', 'images', 'dog.jpg'), 'dog.jpg');
  for (const name of ['headpose_quantize.pth', 'headpose.cambricon', 'headpose.cambricon_twins'])
    copy(sharedPath('data', 'mlu_artifacts', name), name);
  for (const split of ['val2017', 'train2017'] as const) {
    const source = sharedPath('data', split === 'val2017' ? 'coco_val50' : 'coco_train50');
    const all = JSON.parse(readFileSync(join(source, `instances_${split}.json`), 'utf8'));
    const images = all.images.slice(0, 3);
    const ids = new Set(images.map((image: { id: number }) => image.id));
    mkdirSync(join(folder, 'coco', split), { recursive: true });
    mkdirSync(join(folder, 'coco', 'annotations'), { recursive: true });
    for (const { file_name } of images)
      copy(join(source, 'images', file_name), join('coco', split, file_name));
    const annotations = all.annotations.filter((entry: { image_id: number }) => ids.has(entry.image_id));
    writeFileSync(
      join(folder, 'coco', 'annotations', `instances_${split}.json`),
      JSON.stringify({ ...all, images, annotations }),
    );
  }
}

/** What bounds the time of a command, and has the machine of a test, busy with others, decide nothing. */
const QUICKER: Partial<Record<string, readonly string[]>> = {
  run: ['--cores', '1', '--latency-samples', '5', '--noise-floor-images', '1'],
  tune: ['--size', '64', '--margin', '50', '--max-seconds', '60'],
};

test('the README has the two commands that do everything', () => {
  expect(COMMANDS).toContain('npm ci && npm start');
  expect(COMMANDS).toContain('npm ci && npm test');
});

describe.skipIf(!hasShared)('every other command of the README runs', () => {
  const folder = suiteFolder();
  beforeAll(async () => {
    furnish(folder);
    const made = await spawnCli(['convert', 'random:yolox-s?seed=1', 'yolox_s.pth'], folder).result;
    expect(made.exitCode, made.stderr).toBe(0);
  });

  const commands = COMMANDS.filter((command) => /^(mlu-parity|npm start --) /.test(command));
  test('and all of them are known to this test', () => {
    expect(commands.length + 2).toBe(COMMANDS.filter((command) => !command.startsWith('npm run ')).length);
    expect(commands.length).toBeGreaterThanOrEqual(5);
  });

  test.each(commands)('%s', async (command) => {
    const [, ...args] = command.replace(/^npm start --/, 'mlu-parity run').split(/\s+/);
    // A bound on the time of the run itself; the README's figures need more.
    const quick = QUICKER[args[0]!] ?? [];
    const { exitCode, stdout, stderr } = await spawnCli([...args, ...quick], folder).result;
    expect(stderr).not.toContain('mlu-parity:');
    // Three images are too few for an interval, and nothing that has none is a pass.
    expect(exitCode, stderr).toBe(args[0] === 'gate' ? 4 : 0);
    expect(stdout).not.toBe('');
  });
});
