import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunConfig } from '../../../harness/config/run-config.ts';
import { JOURNAL } from '../../../harness/store/run-journal.ts';
import { makeCocoFolder } from '../../support/make-coco-folder.ts';
import { progressThat } from '../../support/progress-that.ts';
import { resumeConfig, runConfig } from '../../support/run-config.ts';
import { expectSameRun, recordIn } from '../../support/run-equality.ts';
import { suiteFolder } from '../../support/suite-folder.ts';
import { writeQuantizedRandom } from '../../support/write-quantized.ts';
import { scriptedAgent } from '../device/support/scripted-agent.ts';

const IMAGES = 5;
const CLI = fileURLToPath(new URL('../../../dist/harness/cli.js', import.meta.url));
const dir = suiteFolder();
const coco = join(dir, 'coco');
const common: RunConfig = {
  ...{ weights: 'random:yolox-nano?seed=1', dataset: coco, size: 64, conf: 0 },
  ...{ latency: false, noiseFloorImages: 0 },
};

beforeAll(async () => {
  await makeCocoFolder(coco, IMAGES);
});

/** A run that is interrupted after so many images, and gone on with. */
async function inTwoParts(config: RunConfig, images: number): Promise<void> {
  const controller = new AbortController();
  const progress = progressThat('images', images, () => controller.abort());
  const { record } = await runConfig(config, { progress, signal: controller.signal });
  expect(record.stoppedBy).toBe('interrupted by the user');
  expect((await resumeConfig(config.out!)).finished).toBe(false);
}

describe('a backend on an agent', () => {
  beforeAll(() => writeQuantizedRandom(join(dir, 'quantized.pt'), 'nano', 1));
  const configFor = (fault: string, firstFaulty: number): RunConfig => ({
    ...common,
    backends: ['cpu-float', 'mlu-online'],
    quantized: { all: join(dir, 'quantized.pt') },
    agent: scriptedAgent(fault, 1000, {}, { classes: 80, firstFaulty }).options.command,
    agentTimeout: 5,
  });

  test('goes on where it was', async () => {
    const config = configFor('none', 0);
    await runConfig({ ...config, out: join(dir, 'agent-whole') });
    await inTwoParts({ ...config, out: join(dir, 'agent-parts') }, 2);
    expectSameRun(join(dir, 'agent-parts'), join(dir, 'agent-whole'));
  });

  test('that failed before stays out, with the reason that it had', async () => {
    await runConfig({ ...configFor('nan', 2), out: join(dir, 'failed-whole') });
    await inTwoParts({ ...configFor('nan', 2), out: join(dir, 'failed-parts') }, 3);
    expectSameRun(join(dir, 'failed-parts'), join(dir, 'failed-whole'));
    expect(recordIn(join(dir, 'failed-parts'))).toMatchObject({
      status: 'complete',
      verdict: { exitCode: 5 },
      backends: [{ images: IMAGES }, { images: 1, failure: expect.stringContaining('failed on 2.png') }],
    });
  });
});

/** The built command under a limit of the system, as the shell sets it. */
function limited(limit: string, args: readonly string[]) {
  const command = `${limit} && exec ${[process.execPath, CLI, ...args].map((word) => `'${word}'`).join(' ')}`;
  return spawnSync('bash', ['-c', command], { encoding: 'utf8' });
}

const argsFor = (out: string): string[] => [
  ...['run', '--weights', 'random:yolox-nano?seed=1', '--dataset', coco, '--size', '64', '--conf', '0'],
  ...['--backends', 'cpu-float', '--no-latency', '--noise-floor-images', '0', '--quiet', '--out', out],
];

describe('what cannot be written', () => {
  const whole = join(dir, 'unlimited');
  beforeAll(() => {
    expect(limited('true', argsFor(whole)).status).toBe(0);
  });

  test('a file over the limit of the session: named, exit 3, and what was finished is gone on with', async () => {
    const out = join(dir, 'limited');
    const biggest = Math.max(
      ...['cpu-float'].map((name) => readFileSync(join(whole, 'detections', `${name}.json`)).length),
    );
    const { status, stderr } = limited(`ulimit -f ${Math.floor(biggest / 2 / 1024)}`, argsFor(out));
    expect(stderr).toMatch(
      /cannot write .*cpu-float\.json\.part \(EFBIG\): the file is larger than the limit .*then go on with mlu-parity run --resume/,
    );
    expect(status).toBe(3);
    const { status: resumed, stderr: said } = limited('true', ['run', '--resume', out]);
    expect(resumed, said).toBe(0);
    expect(said).toMatch(/going on after [1-4] of 5 images/);
    expectSameRun(out, whole);
  });

  const disk = join(dir, 'disk');
  const mounted = (() => {
    mkdirSync(disk);
    return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1500k', 'none', disk]).status === 0;
  })();
  afterAll(() => {
    if (mounted) spawnSync('umount', [disk]);
  });

  test.runIf(mounted)('a disk that fills up, and one that is read-only', async () => {
    const ballast = join(disk, 'ballast');
    const out = join(disk, 'run');
    const room = readFileSync(join(whole, 'detections', 'cpu-float.json')).length / 2;
    writeFileSync(ballast, Buffer.alloc(1_500_000 - Math.floor(room)));
    const full = limited('true', argsFor(out));
    expect(full.stderr).toMatch(/cannot write .* \(ENOSPC\): the disk is full, free some space, then go on/);
    expect(full.status).toBe(3);
    expect(existsSync(join(out, JOURNAL))).toBe(true);
    const before = readdirSync(out, { recursive: true }).sort();

    spawnSync('mount', ['-o', 'remount,ro', disk]);
    const readOnly = limited('true', ['run', '--resume', out]);
    expect(readOnly.stderr).toMatch(/cannot write .*run\.lock \(EROFS\): the disk is read-only/);
    expect(readOnly.status).toBe(3);
    expect(readdirSync(out, { recursive: true }).sort()).toEqual(before);
    spawnSync('mount', ['-o', 'remount,rw,size=20m', disk]);

    rmSync(ballast);
    const { status, stderr } = limited('true', ['run', '--resume', out]);
    expect(status, stderr).toBe(0);
    expectSameRun(out, whole);
  });
});
