import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import type { CocoResult } from '../../../reference/detections.ts';
import { parseRunRecord } from '../../../reports/index.ts';
import type { CliResult } from '../../support/capture-cli.ts';
import { makeCocoFolder } from '../../support/make-coco-folder.ts';
import { CLI, spawnCli } from '../../support/spawn-cli.ts';
import { suiteFolder } from '../../support/suite-folder.ts';

const IMAGES = 60;
const dir = suiteFolder();
const coco = join(dir, 'coco');

beforeAll(async () => {
  await makeCocoFolder(coco, IMAGES);
});

const runArgs = (out: string, ...more: string[]): string[] => [
  ...['run', '--weights', 'random:yolox-nano?seed=1', '--dataset', coco, '--out', join(dir, out)],
  ...['--no-latency', '--noise-floor-images', '0', ...more],
];

describe('the command as a process', () => {
  test('weights without data: one sentence that says what is missing, exit 2', async () => {
    const { exitCode, stdout, stderr } = await spawnCli(['run', '--weights', 'a.pth'], dir).result;
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(
      /^mlu-parity: --dataset is missing: give --weights FILE .* and --dataset DIR .* together, or neither .*; see mlu-parity run --help\n$/,
    );
  });

  test('--json: one document on stdout, progress on stderr alone', async () => {
    const args = runArgs('json', '--backends', 'cpu-float', '--size', '64', '--images', '3', '--json');
    const { exitCode, stdout, stderr } = await spawnCli(args).result;
    expect(exitCode).toBe(0);
    expect(parseRunRecord(JSON.parse(stdout))).toMatchObject({ status: 'complete' });
    expect(stderr).toMatch(/images .*3\/3 · .*\/s · .* left/);
  });

  test('without --json: the summary on stdout ends with the page; --quiet leaves stderr empty', async () => {
    const args = runArgs('text', '--backends', 'cpu-float', '--size', '64', '--images', '3', '--quiet');
    const { exitCode, stdout, stderr } = await spawnCli(args).result;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain('Average precision and recall');
    expect(stdout.trimEnd().split('\n').at(-1)).toBe(join(dir, 'text', 'report.html'));
  });
});

test('a reader that closes the pipe early (| head -1) stops no work: every picture is drawn, exit 0', async () => {
  const pictures = Array.from({ length: 12 }, (_, index) => join(coco, 'images', `${index + 1}.png`));
  const out = join(dir, 'drawn');
  const weights = ['--weights', 'random:yolox-nano', '--size', '64'];
  const { child, result } = spawnCli(['detect', ...pictures, ...weights, '--out', out]);
  child.stdout!.once('data', () => child.stdout!.destroy());
  expect(await result).toMatchObject({ exitCode: 0, stderr: '' });
  expect(readdirSync(out)).toHaveLength(pictures.length);
});

describe.skipIf(!existsSync('/dev/full'))('a full disk', () => {
  const intoFull = (redirection: string, ...args: string[]) => {
    const words = [process.execPath, CLI, ...args].map((word) => `'${word}'`).join(' ');
    return spawnSync('sh', ['-c', `${words} ${redirection}`], { encoding: 'utf8' });
  };

  test('under stdout: one sentence and 3, whatever the command came to, which does all else', () => {
    const out = join(dir, 'unprinted');
    const args = ['--backends', 'cpu-float', '--size', '64', '--images', '3', '--quiet'];
    for (const redirection of ['>/dev/full', '--json >/dev/full']) {
      const { status, stderr } = intoFull(redirection, ...runArgs('unprinted', ...args));
      expect(stderr).toBe(
        'mlu-parity: cannot write to stdout (ENOSPC): what was printed is incomplete; make room where it goes\n',
      );
      expect(status).toBe(3);
      expect(readdirSync(out)).toEqual(expect.arrayContaining(['report.html', 'run.json']));
      rmSync(out, { recursive: true });
    }
    expect(intoFull('>/dev/full', '--help').status).toBe(3);
  });

  test('under stderr costs what would be told there alone', () => {
    const args = ['--backends', 'cpu-float', '--size', '64', '--images', '3'];
    const { status, stdout } = intoFull('2>/dev/full', ...runArgs('untold', ...args));
    expect(status).toBe(0);
    expect(stdout).toContain('Average precision and recall');
    expect(intoFull('2>/dev/full', 'run', '--conf', '7').status).toBe(2);
  });
});

/** A run with a slow backend, sent a signal once its detections file holds at least one image. */
async function interruptedRun(out: string, signal: NodeJS.Signals): Promise<CliResult> {
  const part = join(dir, out, 'detections', 'int8.json.part');
  const { child, result } = spawnCli(
    runArgs(
      out,
      '--size',
      '416',
      '--conf',
      '0.00001',
      '--backends',
      'cpu-float,int8',
      '--calibration',
      coco,
      '--json',
    ),
  );
  let ended = false;
  result.finally(() => {
    ended = true;
  });
  while (!ended && !(existsSync(part) && readFileSync(part, 'utf8').includes('"image_id"'))) await sleep(20);
  child.kill(signal);
  return result;
}

describe('Ctrl-C in the middle of a run', () => {
  let outcome: CliResult;
  beforeAll(async () => {
    outcome = await interruptedRun('interrupted', 'SIGINT');
  });

  test('exit 130, and the record says that it is incomplete and why', () => {
    expect(outcome.exitCode).toBe(130);
    expect(outcome.stderr).toContain('stopping; Ctrl-C again to end at once');
    const folder = join(dir, 'interrupted');
    expect(outcome.stderr).toContain(
      `stopped: interrupted by the user; go on with mlu-parity run --resume ${folder}\n`,
    );
    const record = parseRunRecord(JSON.parse(readFileSync(join(dir, 'interrupted', 'run.json'), 'utf8')));
    expect(record).toMatchObject({ status: 'incomplete', stoppedBy: 'interrupted by the user' });
    expect(record.verdict.exitCode).toBe(130);
    expect(record).toEqual(JSON.parse(outcome.stdout));
    expect(readFileSync(join(dir, 'interrupted', 'report.html'), 'utf8')).toContain(
      'interrupted by the user',
    );
  });

  test('keeps the images that were finished, in whole detections files', () => {
    const record = parseRunRecord(JSON.parse(outcome.stdout));
    for (const { name, images, detections, detectionsFile } of record.backends) {
      const text = readFileSync(join(dir, 'interrupted', detectionsFile), 'utf8');
      const results = JSON.parse(text) as CocoResult[];
      expect(results, name).toHaveLength(detections);
      expect(images).toBeGreaterThan(0);
      expect(images).toBeLessThan(IMAGES);
      expect(new Set(results.map(({ image_id }) => image_id)).size).toBeLessThanOrEqual(images);
    }
    const perImage = JSON.parse(readFileSync(join(dir, 'interrupted', 'images.json'), 'utf8')) as unknown[];
    expect(perImage).toHaveLength(record.backends[1]!.images);
  });
});

test('a terminal that closes ends a run as Ctrl-C does, with its record', async () => {
  const { exitCode } = await interruptedRun('hung-up', 'SIGHUP');
  expect(exitCode).toBe(130);
  const record = parseRunRecord(JSON.parse(readFileSync(join(dir, 'hung-up', 'run.json'), 'utf8')));
  expect(record).toMatchObject({ status: 'incomplete', stoppedBy: 'interrupted by the user' });
});
