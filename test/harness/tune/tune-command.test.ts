import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { tuneResultSchema } from '../../../reports/index.ts';
import { captureCli } from '../../support/capture-cli.ts';
import { spawnCli } from '../../support/spawn-cli.ts';
import { suiteFolder } from '../../support/suite-folder.ts';

const dir = suiteFolder();
// A loss of half does not matter: on a busy machine nothing less can be told in a short test.
const QUICK = [
  '--weights',
  'random:yolox-nano?seed=1',
  '--size',
  '64',
  '--margin',
  '50',
  '--max-seconds',
  '60',
];

describe('mlu-parity tune', () => {
  test('tables, one sentence and the line to paste last; threads of a CPU are no core number', async () => {
    const { exitCode, stdout, stderr } = await captureCli('tune', ...QUICK, '--cores', '1,2');
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toContain('latency of a request in ms, measured');
    const lines = stdout.trimEnd().split('\n');
    expect(lines.at(-1)).toMatch(
      /^torch\.set_num_threads\([12]\) {2}# threads of this CPU, not a card's core number; input: torch\.zeros\(1, 3, 64, 64\)$/,
    );
    expect(lines.at(-3)).toMatch(/^Choose [12] threads?: (the lowest p50, |equivalent to ).*\.$/);
    expect(stderr).toMatch(/outputs compared .*2\/2/);
  });

  test('--json and --out: the result, of its schema; --quiet leaves stderr empty', async () => {
    const out = join(dir, 'tune.json');
    const batches = ['--objective', 'throughput', '--batch', '1,2', '--cores', '1'];
    const { exitCode, stdout, stderr } = await captureCli(
      'tune',
      ...QUICK,
      ...batches,
      '--json',
      '--quiet',
      '--out',
      out,
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const result = tuneResultSchema.parse(JSON.parse(stdout));
    expect(readFileSync(out, 'utf8')).toBe(stdout);
    expect(result).toMatchObject({ status: 'chosen', objective: 'throughput', margin: 0.5 });
    expect(result.points).toHaveLength(2);
    expect(result.outputs.map(({ outcome }) => outcome)).not.toContain('other');
    expect(result.warnings.join()).toContain('Contexts in parallel were not tried');
  });

  test('an --out that is there, or cannot be written, is refused before anything is read or measured', async () => {
    const before = 'theirs';
    const out = join(dir, 'theirs.json');
    writeFileSync(out, before);
    for (const file of [out, join(dir, 'no-such-folder', 'tune.json')]) {
      const { exitCode, stdout, stderr } = await captureCli('tune', '--weights', 'no.pth', '--out', file);
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
      expect(stderr).toContain(`--out ${file}`);
    }
    expect(readFileSync(out, 'utf8')).toBe(before);
  });

  test('the int8 emulation says that its time is none of a card', async () => {
    const { makeCocoFolder } = await import('../../support/make-coco-folder.ts');
    await makeCocoFolder(join(dir, 'coco'), 2);
    const int8 = ['--backend', 'int8', '--calibration', join(dir, 'coco'), '--cores', '1', '--json'];
    const { exitCode, stdout, stderr } = await captureCli('tune', ...QUICK, ...int8);
    expect(exitCode, stderr).toBe(0);
    const { warnings, source } = tuneResultSchema.parse(JSON.parse(stdout));
    expect(source).toMatchObject({
      backend: 'int8',
      outputProvenance: 'emulated',
      latencyProvenance: 'measured',
    });
    expect(warnings.join()).toContain('says nothing about a card');
  });

  test('too little time for a comparison: exit 4, what was measured, and what to do', async () => {
    const { exitCode, stdout } = await captureCli(
      'tune',
      ...QUICK,
      '--cores',
      '1,2',
      '--max-seconds',
      '0.001',
      '--quiet',
    );
    expect(exitCode).toBe(4);
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(
      /^Cannot tell .* give more time with --max-seconds, or fewer points\.$/,
    );
  });

  test('Ctrl-C: exit 130, and what was measured is printed', async () => {
    // A p99 takes 662 requests of each point, which is time enough.
    const slow = [
      '--weights',
      'random:yolox-nano',
      '--objective',
      'p99',
      '--cores',
      '1,2',
      '--max-seconds',
      '300',
    ];
    const { child, result } = spawnCli(['tune', ...slow]);
    let told = '';
    child.stderr!.on('data', (text: string) => {
      told += text;
      if (told.includes('points still in question')) child.kill('SIGINT');
    });
    const { exitCode, stdout } = await result;
    expect(exitCode).toBe(130);
    expect(stdout).toMatch(/Interrupted after \d+ rounds: nothing is chosen\.\n$/);
    expect(stdout).toMatch(/1 thread +\d+\.\d+ /);
  });
});
