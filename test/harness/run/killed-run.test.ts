import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { JOURNAL } from '../../../harness/store/run-journal.ts';
import { startOrResume } from '../../support/killed-run.ts';
import { expectSameRun, recordIn } from '../../support/run-equality.ts';
import { spawnCli } from '../../support/spawn-cli.ts';
import { suiteFolder } from '../../support/suite-folder.ts';

const IMAGES = 8;
const ARGS = ['run', '--images', `${IMAGES}`, '--noise-floor-images', '2', '--bits', '8', '--no-latency'];

/** Lines of the journal that are of images. */
function finishedImages(out: string): number {
  const journal = join(out, JOURNAL);
  return existsSync(journal) ? readFileSync(journal, 'utf8').split('\n{"kind":"image"').length - 1 : 0;
}

describe('the sample with all four backends, as a process', () => {
  const dir = suiteFolder();
  const whole = join(dir, 'whole');
  beforeAll(async () => {
    const { exitCode, stderr } = await spawnCli([...ARGS, '--out', whole, '--quiet']).result;
    expect(exitCode, stderr).toBe(0);
    // Else there would be nothing of these to be the same.
    const { gallery, backends, noiseFloor } = recordIn(whole);
    expect(gallery.length).toBeGreaterThan(0);
    expect(noiseFloor).toMatchObject({ images: 2 });
    for (const { decodeState, detectionDifference, quantization } of backends.slice(1)) {
      expect(decodeState).toMatchObject({ images: IMAGES });
      expect(detectionDifference?.pairs).not.toBeNull();
      expect(quantization!.saturation.some(({ saturated }) => saturated > 0)).toBe(true);
    }
  });

  test('killed three times, it ends as one that was not', async () => {
    const out = join(dir, 'killed');
    for (const images of [0, 2, 5]) {
      const { child, result } = startOrResume(ARGS, out);
      const ended = result.catch(() => null);
      // Of the first process nothing but the journal's first line is there yet.
      await expect
        .poll(() => existsSync(join(out, JOURNAL)) && finishedImages(out) >= images, {
          timeout: 60_000,
          interval: 5,
        })
        .toBe(true);
      child.kill('SIGKILL');
      expect(await ended, `killed after ${images} images`).toBeNull();
      expect(existsSync(join(out, 'run.json'))).toBe(false);
    }
    const { exitCode, stdout, stderr } = await startOrResume(ARGS, out).result;
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toContain(`${out}/report.html`);
    expectSameRun(out, whole);
    const again = await spawnCli(['run', '--resume', out]).result;
    expect(again).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining('is finished: there is nothing left'),
    });
  });

  test.each([2, 3])('%i shards of it are the whole', async (count) => {
    const shards = Array.from({ length: count }, (_, i) => join(dir, `shard-${i + 1}-of-${count}`));
    for (const [i, out] of shards.entries()) {
      const args = [...ARGS.slice(0, -1), '--shard', `${i + 1}/${count}`, '--out', out, '--quiet'];
      const { exitCode, stderr } = await spawnCli(args).result;
      expect(exitCode, stderr).toBe(0);
    }
    const out = join(dir, `merged-${count}`);
    const { exitCode, stderr } = await spawnCli(['merge', ...shards, '--out', out, '--quiet']).result;
    expect(exitCode, stderr).toBe(0);
    expectSameRun(out, whole);
  });
});
