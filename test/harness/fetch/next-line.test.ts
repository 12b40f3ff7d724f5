import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { findEntry, MANIFEST } from '../../../datasets/fetch/index.ts';
import { checkConfig } from '../../../harness/config/load-config.ts';
import { EXIT } from '../../../harness/errors.ts';
import { nextLine } from '../../../harness/fetch/next-line.ts';
import { resolveRunOptions } from '../../../harness/run/run-options.ts';
import { scratchFolder } from '../../datasets/scratch.ts';
import { captureCli } from '../../support/capture-cli.ts';

let cache: string;
beforeEach(async () => {
  cache = await scratchFolder();
  vi.stubEnv('MLU_PARITY_CACHE', cache);
  return () => vi.unstubAllEnvs();
});

/** The words of the line as a shell passes them on, without the program's name. */
const wordsOf = (line: string): string[] =>
  execFileSync('sh', ['-c', `for word in ${line}; do printf '%s\\n' "$word"; done`], { encoding: 'utf8' })
    .split('\n')
    .slice(1, -1);

/** `--weights w --dataset d` as a configuration. */
function optionsOf(line: string): Record<string, string> {
  const [command, ...words] = wordsOf(line);
  expect(command).toBe('run');
  return Object.fromEntries(
    words.flatMap((word, i) => (word.startsWith('--') ? [[word.slice(2), words[i + 1]!]] : [])),
  );
}

const lineOf = (name: string, path: string): Promise<string> => nextLine(findEntry(name)!, path);

describe.skipIf(process.platform === 'win32')('the line to run next', () => {
  test.each(MANIFEST.map(({ name }) => name))('of %s: nothing is missing but the files', async (name) => {
    const line = await lineOf(name, join(cache, "it's here"));
    const { exitCode, stderr } = await captureCli(...wordsOf(line));
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: EXIT.badData,
      stderr: expect.stringMatching(/cannot (read|find|open)/),
    });
  });

  test.each(['yolox-nano', 'coco-val2017', 'coco-train2017'])(
    'of %s: options that a run takes, for the backends by default',
    async (name) => {
      const options = optionsOf(await lineOf(name, join(cache, 'with space')));
      expect(Object.keys(options)).toEqual(['weights', 'dataset', 'calibration']);
      const { backends } = resolveRunOptions(checkConfig(options, 'the line'), new Date(0));
      expect(backends.map((backend) => backend.name)).toEqual(['cpu-float', 'int16']);
    },
  );

  test('calibrates on pictures that were fetched, those for training where there are some', async () => {
    const coco = join(cache, 'fetch', 'coco');
    const sub = join(cache, 'sub');
    expect(optionsOf(await lineOf('yolox-nano', join(cache, 'w.pth')))).toEqual({
      weights: join(cache, 'w.pth'),
      dataset: 'coco',
      calibration: 'coco/val2017',
    });
    expect(optionsOf(await lineOf('coco-val2017', sub))).toMatchObject({
      dataset: sub,
      calibration: join(sub, 'val2017'),
    });
    mkdirSync(join(coco, 'train2017'), { recursive: true });
    expect(optionsOf(await lineOf('yolox-nano', sub)).calibration).toBe(join(coco, 'train2017'));
    // Without val2017 it is no data set to evaluate on.
    expect(optionsOf(await lineOf('coco-train2017', coco))).toMatchObject({
      dataset: 'coco',
      calibration: join(coco, 'train2017'),
    });
    expect(optionsOf(await lineOf('coco-val2017', sub)).calibration).toBe(join(coco, 'train2017'));
    mkdirSync(join(coco, 'val2017'));
    mkdirSync(join(cache, 'fetch', 'yolox'));
    writeFileSync(join(cache, 'fetch', 'yolox', 'yolox_nano.pth'), '');
    expect(optionsOf(await lineOf('coco-train2017', sub))).toEqual({
      weights: join(cache, 'fetch', 'yolox', 'yolox_nano.pth'),
      dataset: coco,
      calibration: join(sub, 'train2017'),
    });
  });
});
