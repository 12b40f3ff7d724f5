import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
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
