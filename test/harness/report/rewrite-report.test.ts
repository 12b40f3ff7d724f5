import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { BadDataError } from '../../../harness/errors.ts';
import { writeReport } from '../../../harness/report/write-report.ts';
import { captureCli } from '../../support/capture-cli.ts';
import { makeCocoFolder } from '../../support/make-coco-folder.ts';
import { runConfig } from '../../support/run-config.ts';
import { suiteFolder } from '../../support/suite-folder.ts';

describe('report', () => {
  const folder = suiteFolder();
  const run = join(folder, 'run');

  beforeAll(async () => {
    await makeCocoFolder(folder, 2);
    await runConfig({
      weights: 'random:yolox-nano?seed=1',
      dataset: folder,
      backends: ['cpu-float'],
      size: 64,
      latency: false,
      noiseFloorImages: 0,
      out: run,
    });
  });

  test('writes the same page again from the record alone', async () => {
    const before = await readFile(join(run, 'report.html'), 'utf8');
    await rm(join(run, 'report.html'));
    const { exitCode, stdout } = await captureCli('report', run);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `${join(run, 'report.html')}\n` });
    expect(await readFile(join(run, 'report.html'), 'utf8')).toBe(before);
  });

  test('makes its first sentence from the figures, whatever the record says', async () => {
    const other = await mkdtemp(join(folder, 'edited-'));
    const record = JSON.parse(await readFile(join(run, 'run.json'), 'utf8'));
    record.verdict.sentence = 'All is well.';
    await writeFile(join(other, 'run.json'), JSON.stringify(record));
    expect((await captureCli('report', other)).exitCode).toBe(0);
    const page = await readFile(join(other, 'report.html'), 'utf8');
    expect(page).not.toContain('All is well.');
    expect(page).toContain('cpu-float reaches AP');
  });

  test.each(['../secret.txt', '/etc/hostname', 'gallery/../../secret.txt', 'gallery/1.jpg\n', 'run.json'])(
    'a record that names the file %j as its picture is refused: nothing of it reaches a page',
    async (picture) => {
      const other = await mkdtemp(join(folder, 'hostile-'));
      await writeFile(join(folder, 'secret.txt'), 'SECRET');
      const record = JSON.parse(await readFile(join(run, 'run.json'), 'utf8'));
      const entry = { imageId: 1, fileName: 'a.png', width: 64, height: 64, groundTruth: [], backends: [] };
      await writeFile(
        join(other, 'run.json'),
        JSON.stringify({ ...record, gallery: [{ ...entry, picture }] }),
      );
      const { exitCode, stderr } = await captureCli('report', other);
      expect(stderr).toMatch(/cannot use .*run\.json: .*gallery/);
      expect(exitCode).toBe(3);
      await expect(writeReport(other, { ...record, gallery: [{ ...entry, picture }] })).rejects.toThrow(
        BadDataError,
      );
      expect(existsSync(join(other, 'report.html'))).toBe(false);
    },
  );

  test('a picture that is a link to a file outside the run folder is left out', async () => {
    const other = await mkdtemp(join(folder, 'linked-'));
    await mkdir(join(other, 'gallery'));
    // Both begin as a JPEG does: what is left out is left out for where it is.
    const jpeg = (text: string) => Buffer.concat([Buffer.from([0xff, 0xd8]), Buffer.from(text)]);
    await writeFile(join(folder, 'outside.jpg'), jpeg('SECRET'));
    await symlink(join(folder, 'outside.jpg'), join(other, 'gallery/1.jpg'));
    await writeFile(join(other, 'gallery/2.jpg'), jpeg('INSIDE'));
    const record = JSON.parse(await readFile(join(run, 'run.json'), 'utf8'));
    const gallery = [1, 2].map((imageId) => ({
      ...{ imageId, fileName: 'a.png', width: 64, height: 64, groundTruth: [], backends: [] },
      picture: `gallery/${imageId}.jpg`,
    }));
    await writeFile(join(other, 'run.json'), JSON.stringify({ ...record, gallery }));
    const { exitCode, stderr } = await captureCli('report', other);
    expect(stderr).toMatch(/1\.jpg is no picture, or gone/);
    expect(stderr).not.toMatch(/2\.jpg/);
    const page = await readFile(join(other, 'report.html'), 'utf8');
    const inlined = (text: string) => page.includes(jpeg(text).toString('base64'));
    expect({ exitCode, secret: inlined('SECRET'), inside: inlined('INSIDE') }).toEqual({
      exitCode: 0,
      secret: false,
      inside: true,
    });
  });

  test.each([
    ['no record', null, /cannot read .*run.json \(ENOENT\)/],
    ['half a record', '{"schema": "mlu-parity/run-record"', /cannot use .*run.json/],
    [
      'another version',
      '{"schema": "mlu-parity/run-record", "version": 99}',
      /not a run record of version 1: version/,
    ],
  ])('%s is bad data, said in one sentence', async (name, text, message) => {
    const other = join(folder, name.replaceAll(' ', '-'));
    await mkdir(other);
    if (text !== null) await writeFile(join(other, 'run.json'), text);
    const { exitCode, stderr } = await captureCli('report', other);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(exitCode).toBe(3);
  });
});
