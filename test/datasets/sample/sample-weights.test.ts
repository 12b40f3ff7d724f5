import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { drawScene, SAMPLE_MODEL, sampleWeightsPath } from '../../../datasets/index.ts';
import { letterbox } from '../../../reference/preprocess/index.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

test('the sample weights are found from the source and from the compiled code (built by npm test)', () => {
  expect(existsSync(sampleWeightsPath())).toBe(true);
  const script = `const { sampleWeightsPath } = await import('./dist/datasets/index.js'); console.log(sampleWeightsPath());`;
  const compiled = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect(compiled.trim()).toBe(sampleWeightsPath());
});

test('what is known of the sample weights is of this file, which its figures are of too', () => {
  const sha256 = createHash('sha256').update(readFileSync(sampleWeightsPath())).digest('hex');
  const figures = JSON.parse(readFileSync(join(ROOT, 'datasets/sample/figures.json'), 'utf8'));
  expect(SAMPLE_MODEL.sha256).toBe(sha256);
  expect(figures.file.sha256).toBe(sha256);
  expect(SAMPLE_MODEL.size).toBe(figures.evaluation.size);
});

test('the streamed network input is the one a run makes, letterboxed and in BGR (built by npm test)', () => {
  const stdout = execFileSync(process.execPath, ['dist/datasets/sample/stream-scenes.js', '4', '2', '64'], {
    cwd: ROOT,
  });
  let at = 0;
  for (let index = 0; index < 2; index++) {
    const end = stdout.indexOf('\n', at);
    const entry = JSON.parse(stdout.toString('utf8', at, end));
    const scene = drawScene(4, index);
    const { pixels, letterboxRatio } = letterbox(scene.image, { height: 64, width: 64 });
    expect(entry).toMatchObject({ id: index + 1, width: scene.image.width, letterboxRatio });
    expect(entry.annotations.map(({ bbox }: { bbox: number[] }) => bbox)).toEqual(
      scene.annotations.map(({ box }) => [...box]),
    );
    at = end + 1 + 3 * 64 * 64;
    expect(Buffer.compare(stdout.subarray(end + 1, at), Uint8Array.from(pixels.data))).toBe(0);
  }
  expect(at).toBe(stdout.length);
});
