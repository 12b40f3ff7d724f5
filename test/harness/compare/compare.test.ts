import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dump } from 'npyjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { decodeFixedGrids, fixedGrids } from '../../../reference/decode/index.ts';
import { captureCli } from '../../support/capture-cli.ts';
import { makeCocoFolder } from '../../support/make-coco-folder.ts';
import { perturbedRun } from '../../support/perturbed-tallies.ts';
import { rawOutput } from '../../support/made-up-raw-output.ts';
import { suiteFolder } from '../../support/suite-folder.ts';

const folder = suiteFolder();
const file = (name: string): string => join(folder, name);
const saveNpy = (name: string, values: number[], shape: number[]): Promise<void> =>
  writeFile(file(name), new Uint8Array(dump(Float32Array.from(values), shape)));

describe('compare of two .npy tensors', () => {
  beforeAll(async () => {
    await saveNpy('a.npy', [1, 2, 3, 4], [2, 2]);
    await saveNpy('b.npy', [1, 2, 3.5, 4], [2, 2]);
    await saveNpy('flat.npy', [1, 2, 3, 4], [4]);
    await saveNpy('nan.npy', [1, Number.NaN, 3, 4], [2, 2]);
    await saveNpy('nan-too.npy', [1, Number.NaN, 3, 4], [2, 2]);
    await saveNpy('long.npy', [1, 2, 3, 4], [2]);
    await writeFile(file('cut.npy'), 'x');
    await writeFile(file('ints.npy'), new Uint8Array(dump(Int32Array.from([1, 2]), [2])));
  });

  test('gives the tolerance that would have passed: |b − a| − rtol · |a| at its greatest', async () => {
    const { exitCode, stdout } = await captureCli(
      'compare',
      file('a.npy'),
      file('b.npy'),
      '--rtol',
      '0.1',
      '--json',
    );
    expect(exitCode).toBe(0);
    const found = JSON.parse(stdout);
    expect(found.requiredAtol).toBeCloseTo(0.5 - 0.1 * 3, 6);
    expect(found.outputs[0]).toMatchObject({ name: 'all', maxAbs: 0.5, maxAbsAt: 2 });
  });

  test.each([
    ['0.51', 0, 'passed at atol 0.51'],
    ['0.49', 1, 'failed at atol 0.49'],
  ])('--atol %s ends with %i', async (atol, code, words) => {
    const { exitCode, stdout } = await captureCli(
      'compare',
      file('a.npy'),
      file('b.npy'),
      '--rtol',
      '0',
      '--atol',
      atol,
    );
    expect(exitCode).toBe(code);
    expect(stdout).toContain(words);
  });

  test('with --size, what the second one shows to have been done to it', async () => {
    const raw = rawOutput();
    const decoded = decodeFixedGrids(raw, fixedGrids({ height: 128, width: 224 }));
    for (const [name, { data, shape }] of [['raw.npy', raw] as const, ['decoded.npy', decoded] as const])
      await saveNpy(name, [...data], [...shape]);
    const compared = async (b: string, ...more: string[]) =>
      (await captureCli('compare', file('raw.npy'), file(b), '--size', '128x224', ...more)).stdout;
    expect(await compared('decoded.npy')).toMatch(
      /b, taken as a raw output: The output is described as raw, but its boxes are decoded already: the .* decode once only/,
    );
    expect(JSON.parse(await compared('decoded.npy', '--json')).findings).toMatchObject([
      { code: 'already-decoded', evidence: { images: 1 } },
    ]);
    // The other way round it is the first one.
    const swapped = await captureCli('compare', file('decoded.npy'), file('raw.npy'), '--size', '128x224');
    expect(swapped.stdout).toMatch(/^a, taken as a raw output: .* its boxes are decoded already/m);
    // Between two that are decoded nothing is made out of what undoing hardly helps.
    const { data, shape } = decoded;
    const flipped = data.map((value, i) => (i % shape[2]! < 2 ? data[i ^ 1]! : value));
    await saveNpy('flipped.npy', [...flipped], [...shape]);
    const both = [file('decoded.npy'), file('flipped.npy'), '--size', '128x224', '--json'];
    expect(JSON.parse((await captureCli('compare', ...both)).stdout).findings).toEqual([]);
    for (const [size, why] of [
      ['0', 'it must be at least 32'],
      ['225', 'it must be a multiple of 32'],
      ['224x100', '100 must be a multiple of 32'],
    ] as const) {
      const same = [file('raw.npy'), file('raw.npy'), '--size', size];
      const { exitCode, stderr } = await captureCli('compare', ...same);
      expect([exitCode, stderr]).toEqual([2, `mlu-parity: --size ${size} cannot be: ${why}\n`]);
    }
    expect(JSON.parse(await compared('raw.npy', '--json')).findings).toEqual([]);
    expect(await compared('raw.npy')).not.toContain('taken as');
  });

  test('NaN on one side is a failure under any tolerance', async () => {
    const { exitCode, stdout } = await captureCli('compare', file('a.npy'), file('nan.npy'));
    expect(exitCode).toBe(1);
    expect(stdout).toContain('no tolerance would pass');
  });

  test('the same NaN on both sides is no pass either', async () => {
    const both = [file('nan.npy'), file('nan-too.npy')];
    const { exitCode, stdout } = await captureCli('compare', ...both, '--atol', '1');
    expect(stdout).toMatch(/1 numbers are NaN.*no pass/);
    expect(stdout).toContain('failed at atol 1');
    expect(exitCode).toBe(1);
    expect(JSON.parse((await captureCli('compare', ...both, '--json')).stdout).passed).toBe(false);
  });

  test.each(['--atol', '--rtol'])('%s below 0 is a usage error', async (option) => {
    const { exitCode, stderr } = await captureCli('compare', file('a.npy'), file('b.npy'), option, '-1');
    expect(stderr).toContain(`${option} -1 is no tolerance`);
    expect(exitCode).toBe(2);
  });

  test.each([
    [['a.npy', 'flat.npy'], 3, /cannot compare .*\[2, 2\] and \[4\]/],
    [['a.npy', 'missing.npy'], 3, /cannot read .*missing.npy \(ENOENT\)/],
    [['a.npy', 'cut.npy'], 3, /cut.npy: it is not a .npy file/],
    [['a.npy', 'long.npy'], 3, /4 values for the shape \[2\]; it is no file of that shape/],
    [['a.npy', 'ints.npy'], 3, /ints.npy: it holds i4; save it as float32/],
    [['a.npy', 'c.json'], 2, /two .json results files or two .npy tensors/],
  ])('%j is refused', async (names, code, message) => {
    const { exitCode, stderr } = await captureCli('compare', ...names.map(file));
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(code);
  });
});

describe('compare of two results files', () => {
  const result = (image: number, score: number) => ({
    image_id: image,
    category_id: image,
    bbox: [4, 4, 20, 20],
    score,
  });
  beforeAll(async () => {
    await makeCocoFolder(folder, 2);
    await writeFile(file('both.json'), JSON.stringify([result(1, 0.9), result(2, 0.8)]));
    await writeFile(file('one.json'), JSON.stringify([result(1, 0.9)]));
    await writeFile(file('none.json'), '[]');
  });
  const truth = ['--ground-truth', file('instances.json')];

  test('is the second minus the first, by figure and category', async () => {
    const { exitCode, stdout } = await captureCli(
      'compare',
      file('both.json'),
      file('one.json'),
      ...truth,
      '--json',
    );
    expect(exitCode).toBe(0);
    const { a, b, difference, categories } = JSON.parse(stdout);
    expect(a.AP).toBeCloseTo(1, 9);
    expect(b.AP).toBeCloseTo(0.5, 9);
    expect(difference.AP).toBeCloseTo(-0.5, 9);
    expect(categories.map((row: { categoryId: number }) => row.categoryId)).toEqual([2, 1]);
    expect(categories[0].difference).toBeCloseTo(-1, 9);
  });

  test('says how many categories differ', async () => {
    const { stdout } = await captureCli('compare', file('both.json'), file('one.json'), ...truth);
    expect(stdout).toContain('1 of 2 categories differ');
    expect(stdout).toContain('2 images are too few for an interval');
  });

  test('needs the ground truth, and something to compare', async () => {
    expect(await captureCli('compare', file('both.json'), file('one.json'))).toMatchObject({ exitCode: 2 });
    const empty = await captureCli('compare', file('both.json'), file('none.json'), ...truth);
    expect(empty).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('nothing compared is no pass'),
    });
  });
});

describe('compare of two results files with what is sure of it', () => {
  const { groundTruth, results } = perturbedRun();
  const names = ['float', 'int16', 'online', 'offline'] as const;
  beforeAll(async () => {
    await writeFile(file('truth.json'), JSON.stringify(groundTruth));
    await Promise.all(
      names.map((name, i) => writeFile(file(`${name}.results.json`), JSON.stringify(results[i]))),
    );
    const worse = results[0]!.filter((_, i) => i % 3 > 0);
    await writeFile(file('worse.results.json'), JSON.stringify(worse));
    await writeFile(file('shuffled.results.json'), JSON.stringify([...results[0]!].reverse()));
    const missed = results[0]!.map((result) => ({ ...result, bbox: [0, 0, 1, 1] }));
    await writeFile(file('missed.results.json'), JSON.stringify(missed));
  });
  const compare = (a: string, b: string, ...options: string[]) =>
    captureCli(
      ...['compare', file(`${a}.results.json`), file(`${b}.results.json`)],
      ...['--ground-truth', file('truth.json'), '--quiet', ...options],
    );

  test('has an interval by figure and a p by category, from the seed', async () => {
    const documentOf = async (...options: string[]) =>
      JSON.parse((await compare('float', 'int16', '--json', '--replicates', '100', ...options)).stdout);
    const first = await documentOf();
    expect(first.statistics.metrics.AP.difference).toBeCloseTo(first.difference.AP, 12);
    expect(first.statistics.metrics.AP.low).toBeLessThan(first.statistics.metrics.AP.high);
    expect(first.statistics.p.AP).toBeGreaterThan(0);
    expect(await documentOf('--seed', '0')).toEqual(first);
    expect((await documentOf('--seed', '1')).statistics.metrics.AP).not.toEqual(first.statistics.metrics.AP);
    expect((await documentOf('--replicates', '0')).statistics).toBeNull();
    const { stdout } = await compare('float', 'int16', '--replicates', '100');
    expect(stdout).toMatch(/^figure +a +b +b − a +95 % interval +p$/m);
    expect(stdout).toMatch(/^AR100 .* [01]\.\d{3}$/m);
    expect(stdout).toMatch(
      /^tie band of AP 0\.\d{4}.*, of a's 0\.\d{4}.*: the order of equal scores moves (neither|it as far)$/m,
    );
  });

  test.each([
    ['worse', '0.01', 1, /^Regressed: b loses \S+ against a \(AP .* beyond the budget of 0.01/m],
    ['shuffled', '0.01', 0, /^Equivalent: b has the AP of a .* within the budget of 0.01/m],
    ['int16', '0.03', 4, /^Cannot tell: b .* the budget of 0.03 lies inside the interval/m],
  ])('b = %s with a budget of %s ends with %i', async (b, budget, code, words) => {
    const { exitCode, stdout } = await compare('float', b, '--budget', `AP=${budget}`);
    expect(stdout).toMatch(words);
    expect(exitCode).toBe(code);
  });

  test('is no pass where a finds nothing that b could lose', async () => {
    const { exitCode, stdout } = await compare('missed', 'missed', '--budget', 'AP=0.01');
    expect(stdout).toContain('nothing to lose');
    expect(exitCode).toBe(4);
  });

  test.each([
    [['--budget', 'int8:AP=0.1'], /names a backend, and two files have none: give --budget AP=0.1/],
    [['--budget', 'AP=0.1', '--replicates', '0'], /leaves no interval/],
    [['--replicates', '5'], /--replicates 5 is not possible/],
    [['--replicates', '0', '--seed', '1'], /--seed has no effect/],
    [['--seed', '-1'], /--seed -1 is no seed/],
  ])('%j is refused', async (options, message) => {
    const { exitCode, stderr } = await compare('float', 'int16', ...options);
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(2);
  });
});
