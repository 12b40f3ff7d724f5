import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { tryLock } from '../../../datasets/fetch/with-lock.ts';
import type { RunConfig } from '../../../harness/config/run-config.ts';
import { JOURNAL } from '../../../harness/store/run-journal.ts';
import { type Progress, silentProgress } from '../../../harness/terminal/progress.ts';
import { createRandom } from '../../../reference/random.ts';
import { captureCli } from '../../support/capture-cli.ts';
import { makeCocoFolder } from '../../support/make-coco-folder.ts';
import { progressThat } from '../../support/progress-that.ts';
import { resumeConfig, runConfig } from '../../support/run-config.ts';
import { rewriteHeader } from '../../support/rewrite-header.ts';
import { accuracyOf, expectSameRun, recordIn } from '../../support/run-equality.ts';
import { suiteFolder } from '../../support/suite-folder.ts';
import { lockOf } from '../../datasets/fetch/lock-of.ts';

const IMAGES = 5;
const dir = suiteFolder();
const coco = join(dir, 'coco');
const whole = join(dir, 'whole');
const killed = (images: number): string => join(dir, `killed-${images}`);
const config: RunConfig = {
  weights: 'random:yolox-nano?seed=1',
  dataset: coco,
  backends: ['cpu-float', 'int16', 'int8'],
  calibration: coco,
  size: 64,
  conf: 0,
  demoConf: 0,
  noiseFloorImages: 3,
  latency: false,
};

let copies = 0;
/** The folder as a kill left it after so many images, to be gone on with. */
function leftAfter(images: number): string {
  const copy = join(dir, `copy-${copies++}`);
  cpSync(killed(images), copy, { recursive: true });
  return copy;
}

beforeAll(async () => {
  await makeCocoFolder(coco, IMAGES);
  let scoring = false;
  let done = 0;
  // What is on the disk at that moment is what a kill leaves; the lock is of a process that ended.
  const progress: Progress = {
    ...silentProgress,
    start: (label) => {
      scoring = label === 'images';
    },
    advance: () => {
      if (scoring)
        cpSync(whole, killed(++done), { recursive: true, filter: (path) => !path.endsWith('run.lock') });
    },
  };
  await runConfig({ ...config, out: whole }, { progress });
});

describe('a run that was killed goes on and ends as one that was not', () => {
  test('a whole run keeps no journal, and no lock', () => {
    expect(readdirSync(whole).sort()).toEqual(['detections', 'images.json', 'report.html', 'run.json']);
  });

  test.each([1, 3, 5])('after %i images', async (images) => {
    const folder = leftAfter(images);
    const { finished } = await resumeConfig(folder);
    expect(finished).toBe(false);
    expectSameRun(folder, whole);
    expect(readdirSync(folder).sort()).toEqual(readdirSync(whole).sort());
    expect(recordIn(folder).startedAt).toBe(recordIn(whole).startedAt);
  });

  test('wherever the journal and the files were cut off', async () => {
    const random = createRandom(3);
    const header = readFileSync(join(killed(3), JOURNAL)).indexOf('\n') + 1;
    for (let trial = 0; trial < 4; trial++) {
      const folder = leftAfter(3);
      const journal = join(folder, JOURNAL);
      const { length } = readFileSync(journal);
      truncateSync(journal, header + random.integer(length - header));
      // Files are ahead of the journal, with something half-written at the end.
      writeFileSync(join(folder, 'images.json.part'), '{"imageId', { flag: 'a' });
      await resumeConfig(folder);
      expectSameRun(folder, whole);
    }
  });

  test('where a power cut kept the last line of the journal and not its detections', async () => {
    const folder = leftAfter(3);
    const part = join(folder, 'detections', 'int16.json.part');
    truncateSync(part, readFileSync(part).length - 10);
    const notes: string[] = [];
    await resumeConfig(folder, {}, { progress: { ...silentProgress, note: (note) => notes.push(note) } });
    expect(notes).toContainEqual(
      expect.stringMatching(/half-written \(detections\/int16\.json, image 3, is/),
    );
    expect(notes).toContainEqual('going on after 2 of 5 images');
    expectSameRun(folder, whole);
  });

  test('twice, by an interruption in between', async () => {
    const folder = leftAfter(1);
    const controller = new AbortController();
    const progress = progressThat('images', 2, () => controller.abort());
    const { record } = await resumeConfig(folder, {}, { progress, signal: controller.signal });
    expect(record).toMatchObject({ status: 'incomplete', verdict: { exitCode: 130 } });
    expect(record.backends.map(({ images }) => images)).toEqual([3, 3, 3]);
    await resumeConfig(folder);
    expectSameRun(folder, whole);
  });

  test('with the options given again, in whatever form', async () => {
    const folder = leftAfter(2);
    await resumeConfig(folder, { size: [64, 64], backends: [...config.backends!], nms: 0.65 });
    expectSameRun(folder, whole);
  });
});

describe('what keeps a run from going on is named, and nothing is touched', () => {
  const refused = async (folder: string, sentence: RegExp, exitCode: number, given: RunConfig = {}) => {
    const before = existsSync(folder) ? readdirSync(folder, { recursive: true }).sort() : null;
    await expect(resumeConfig(folder, given)).rejects.toMatchObject({
      exitCode,
      message: expect.stringMatching(sentence),
    });
    if (before !== null) expect(readdirSync(folder, { recursive: true }).sort()).toEqual(before);
  };

  test.each<[RunConfig, RegExp]>([
    [{ conf: 0.01 }, /^--conf 0\.01 is not what .* was begun with: leave it out/],
    [{ backends: ['cpu-float'] }, /^--backends cpu-float is not what/],
    [{ latency: true }, /^--latency is not what/],
    [{ out: 'elsewhere' }, /^--out elsewhere is not .* where --resume goes on/],
    [{ shard: '1/2' }, /^--shard 1\/2 is not what/],
  ])('other options: %j', (given, sentence) => refused(leftAfter(1), sentence, 2, given));

  test('a folder that is not there, and one that holds no run', async () => {
    await refused(join(dir, 'none'), /cannot go on in .*none: there is no such folder/, 2);
    await refused(
      coco,
      /cannot read .*journal\.jsonl \(ENOENT\): give a folder that mlu-parity run began/,
      3,
    );
  });

  test('paths that were relative, from another folder: where it was begun is said', async () => {
    const folder = leftAfter(1);
    const journal = join(folder, JOURNAL);
    writeFileSync(journal, rewriteHeader(readFileSync(journal, 'utf8'), 'weights', 'weights.pth'));
    await refused(folder, /weights\.pth(?!.*the run was begun in)/, 3);
    const begunIn = process.cwd();
    const elsewhere = vi.spyOn(process, 'cwd').mockReturnValue(dir);
    onTestFinished(() => elsewhere.mockRestore());
    await refused(
      folder,
      new RegExp(`weights\\.pth.*\\(the run was begun in ${begunIn}: go on from there`),
      3,
    );
  });

  test('a journal without a first line', async () => {
    const folder = leftAfter(1);
    truncateSync(join(folder, JOURNAL), 100);
    await refused(folder, /the first line of journal\.jsonl is damaged.*delete the folder and run again/, 3);
    truncateSync(join(folder, JOURNAL), 0);
    await refused(folder, /the first line of journal\.jsonl is missing/, 3);
  });

  test('a file that is damaged before its end: what is whole behind it is not thrown away', async () => {
    const folder = leftAfter(4);
    const part = join(folder, 'detections', 'int16.json.part');
    const bytes = readFileSync(part);
    bytes[bytes.indexOf('"image_id":2,') + 30]! ^= 1;
    writeFileSync(part, bytes);
    await refused(folder, /detections\/int16\.json, image 2, is damaged \(line \d+ of journal\.jsonl\)/, 3);
    const lines = readFileSync(join(folder, JOURNAL), 'utf8').split('\n');
    const second = lines.findIndex((line) => line.includes('"imageId":2'));
    // As the sentence says to do.
    writeFileSync(join(folder, JOURNAL), `${lines.slice(0, second).join('\n')}\n`);
    await resumeConfig(folder);
    expectSameRun(folder, whole);
  });

  test('other weights, pictures of another list, and a calibration that came to other scales', async () => {
    const folder = leftAfter(1);
    const journal = join(folder, JOURNAL);
    const text = readFileSync(journal, 'utf8');
    expect(text).toContain('yolox-nano?seed=1');
    const other = join(dir, 'coco-other');
    if (!existsSync(other)) await makeCocoFolder(other, IMAGES + 1);
    for (const [key, value, sentence] of [
      [
        'weights',
        'random:yolox-nano?seed=2',
        /then and now it is the weights [0-9a-f]{12}… and [0-9a-f]{12}…/,
      ],
      ['dataset', other, /then and now it is the annotation file /],
      ['calibration', other, /then and now it is the scales of int16 /],
    ] as const) {
      writeFileSync(journal, rewriteHeader(text, key, value));
      await refused(folder, sentence, 3);
    }
  });

  test('another process at the folder; not one that has ended', async () => {
    const folder = leftAfter(1);
    const lock = await tryLock(join(folder, 'run'));
    if (typeof lock === 'string') throw new Error(lock);
    await refused(
      folder,
      /cannot write to .*: process \d+ is at it; wait for it to end, or, .* delete .*run\.lock/,
      2,
    );
    await lock.release();
    await lockOf(join(folder, 'run'), 1, 'elsewhere');
    await refused(folder, /process 1 of elsewhere is at it/, 2);
    const mine = leftAfter(1);
    // Left by an earlier process of this number, as in a container that was started again.
    await lockOf(join(mine, 'run'), process.pid);
    await resumeConfig(mine);
    expectSameRun(mine, whole);
  });

  test('a finished run: it says so, and its page is written where a kill kept it from that', async () => {
    const { finished, record } = await resumeConfig(whole);
    expect(finished).toBe(true);
    expect(record).toEqual(recordIn(whole));
    expect((await resumeConfig(whole, config)).finished).toBe(true);
    await expect(resumeConfig(whole, { seed: 3 })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/^--seed 3 is not what .* was begun with/),
    });
  });

  test('a finished run that has regressed ends as it ended', async () => {
    const folder = join(dir, 'regressed');
    cpSync(whole, folder, { recursive: true });
    const record = recordIn(folder);
    const ended = { ...record, verdict: { ...record.verdict, exitCode: 1 } };
    writeFileSync(join(folder, 'run.json'), JSON.stringify(ended));
    const { exitCode, stderr } = await captureCli('run', '--resume', folder);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('is finished: there is nothing left to do');
  });

  test('a journal that is a folder', async () => {
    const folder = leftAfter(1);
    rmSync(join(folder, JOURNAL));
    mkdirSync(join(folder, JOURNAL));
    await expect(resumeConfig(folder)).rejects.toThrow(/cannot read .*journal\.jsonl: it is no file/);
  });
});

test('a clock that is set back: no figure changes, and the record says so', async () => {
  const folder = leftAfter(4);
  const { record } = await resumeConfig(folder, {}, { now: () => new Date(0) });
  expect(record.warnings).toContainEqual(expect.stringContaining('clock of this machine was set back'));
  expect(record.finishedAt).toBe('1970-01-01T00:00:00.000Z');
  expect(accuracyOf(record)).toEqual(accuracyOf(recordIn(whole)));
});

test('latency that was finished is kept, and the rest is timed', async () => {
  const out = join(dir, 'timed');
  const controller = new AbortController();
  // Of two backends with one point each, a turn or two: the scored outputs of both, and the first point.
  const progress = progressThat('latency turns', 3, () => controller.abort());
  const timed: RunConfig = {
    ...{ ...config, backends: ['cpu-float', 'int16'], noiseFloorImages: 0, cores: [1] },
    ...{ latency: true, latencySamples: 6, latencySeconds: 1, out },
  };
  const stopped = await runConfig(timed, { progress, signal: controller.signal });
  expect(stopped.record).toMatchObject({ status: 'incomplete', stoppedBy: 'interrupted by the user' });
  const before = stopped.record.backends.flatMap(({ name, latency }) =>
    latency.map((point) => ({ name, point })),
  );
  expect(before).toHaveLength(1);
  const { record } = await resumeConfig(out);
  expect(record.status).toBe('complete');
  const after = record.backends.flatMap(({ name, latency }) => latency.map((point) => ({ name, point })));
  expect(after).toHaveLength(2);
  expect(after).toContainEqual(before[0]);
  expect(existsSync(join(out, JOURNAL))).toBe(false);
});
