import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../reference/random.ts';
import { killAfter, startOrResume } from '../support/killed-run.ts';
import { expectSameRun, recordIn } from '../support/run-equality.ts';
import { spawnCli } from '../support/spawn-cli.ts';
import { suiteFolder } from '../support/suite-folder.ts';

const KILLS = 50;
/** A resumed run is killed again with this probability. */
const AGAIN = 0.4;
/** In int8, so that there are detections that change, and pictures of them. */
const COMMON = ['run', '--images', '24', '--noise-floor-images', '12', '--bits', '8'];
/** All four backends of the sample, each on one core, timed too, so that a kill may come then. */
const ARGS = [...COMMON, '--cores', '1', '--latency-samples', '5', '--latency-seconds', '2'];

describe('kill -9 and shards, on the sample with all four backends', () => {
  const dir = suiteFolder();
  const whole = join(dir, 'whole');
  let milliseconds = 0;

  beforeAll(async () => {
    const begin = performance.now();
    const { exitCode, stderr } = await spawnCli([...ARGS, '--out', whole, '--quiet']).result;
    expect(exitCode, stderr).toBe(0);
    milliseconds = performance.now() - begin;
    expect(recordIn(whole).gallery.length).toBeGreaterThan(0);
  });

  it(`ends the same after each of ${KILLS} kills at random moments, resumed runs killed again`, async () => {
    const random = createRandom(20);
    const counts = { kills: 0, before: 0, scoring: 0, after: 0, again: 0, ended: 0, runs: 0 };
    while (counts.kills < KILLS) {
      const out = join(dir, `run-${counts.runs++}`);
      for (let again = false; ; again = true) {
        const wanted = counts.kills < KILLS && (!again || random.next() < AGAIN);
        const started = startOrResume(ARGS, out);
        if (!wanted) {
          const { exitCode, stderr } = await started.result;
          expect(exitCode, stderr).toBe(0);
          break;
        }
        if (!(await killAfter(started, random.next() * milliseconds))) {
          counts.ended++;
          break;
        }
        counts.kills++;
        if (again) counts.again++;
        if (existsSync(join(out, 'run.json'))) counts.after++;
        else if (existsSync(join(out, 'images.json.part'))) counts.scoring++;
        else counts.before++;
      }
      expectSameRun(out, whole);
      expect(recordIn(out).backends.map(({ latency }) => latency.length)).toEqual(
        recordIn(whole).backends.map(({ latency }) => latency.length),
      );
      expect(existsSync(join(out, 'run.lock'))).toBe(false);
    }
    console.log(JSON.stringify(counts));
  });

  it.each([1, 2, 3, 7])('%i shards are the whole', async (count) => {
    // A shard is scored with all cores, as is a run that is not timed.
    const unsharded = join(dir, 'unsharded');
    if (!existsSync(unsharded))
      await spawnCli([...COMMON, '--no-latency', '--out', unsharded, '--quiet']).result;
    const shards = Array.from({ length: count }, (_, i) => join(dir, `shard-${i + 1}-of-${count}`));
    for (const [i, out] of shards.entries()) {
      const args = [...COMMON, '--shard', `${i + 1}/${count}`, '--out', out, '--quiet'];
      const { exitCode, stderr } = await spawnCli(args).result;
      expect(exitCode, stderr).toBe(0);
    }
    const out = join(dir, `merged-${count}`);
    const { exitCode, stderr } = await spawnCli(['merge', ...shards.reverse(), '--out', out, '--quiet'])
      .result;
    expect(exitCode, stderr).toBe(0);
    expectSameRun(out, unsharded);
    expect(recordIn(out)).toMatchObject({ shard: null, mergedFrom: count });
  });
});
