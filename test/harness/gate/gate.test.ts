import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  listBaselineChanges,
  listGates,
  listRuns,
  openHistory,
} from '../../../harness/store/history/index.ts';
import { readRecord } from '../../../harness/store/read-record.ts';
import type { GateCheck, GateRecord } from '../../../reports/index.ts';
import { captureCli } from '../../support/capture-cli.ts';
import { type MadeUpNight, madeUpNight, writeRecord } from '../../support/made-up-night.ts';
import { suiteFolder } from '../../support/suite-folder.ts';

const dir = suiteFolder();
const file = join(dir, 'history.sqlite');
let base: string;

const night = (options: MadeUpNight, name?: string): string => madeUpNight(dir, options, name);

/** `gate` against the baseline `main`, as JSON. */
async function gate(folder: string, ...args: string[]): Promise<GateRecord> {
  const { exitCode, stdout, stderr } = await captureCli(
    ...['gate', folder, '--baseline', 'main', '--history', file, '--replicates', '200', '--quiet', '--json'],
    ...args,
  );
  const record = JSON.parse(stdout) as GateRecord;
  expect(stderr).toBe('');
  expect(record.exitCode).toBe(exitCode);
  return record;
}

const refused = (folder: string, ...args: string[]) =>
  captureCli('gate', folder, '--baseline', 'main', '--history', file, '--quiet', ...args);

const checkOf = ({ checks }: GateRecord, kind: GateCheck['kind'], metric = 'AP', backend = 'int16') =>
  checks.find((check) => check.kind === kind && check.metric === metric && check.backend === backend);

beforeAll(() => {
  base = night({ night: 0 });
});

describe('before there is a baseline', () => {
  test('neither history nor baseline: cannot tell, exit 4, and the command that sets one; no file is made', async () => {
    const record = await gate(base);
    expect(record).toMatchObject({ verdict: 'cannot-tell', exitCode: 4, baseline: null, checks: [] });
    expect(record.sentence).toBe(
      `CANNOT TELL: there is no baseline main yet; to set one: mlu-parity history baseline main ${base} --reason "…" --history ${file}.`,
    );
    await expect(openHistory(file, { mode: 'read' })).rejects.toMatchObject({ exitCode: 3 });
  });

  test('a baseline is set by its command alone, with a reason, of a whole run, and every change is kept', async () => {
    const set = (name: string, folder: string, reason: string) =>
      captureCli('history', 'baseline', name, folder, '--reason', reason, '--history', file, '--quiet');
    expect(await set('main', base, ' ')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('is set without a reason'),
    });
    const broken = night({ night: 1 }, 'broken');
    writeRecord(broken, { ...(await readRecord(broken)), status: 'incomplete', stoppedBy: 'a full disk' });
    expect(await set('main', broken, 'accepted')).toMatchObject({
      exitCode: 3,
      stderr: expect.stringMatching(
        /cannot make \S+broken a baseline: a full disk; give a run that is complete/,
      ),
    });
    expect(await set('main', base, 'the first one')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await set('main', base, 'the same again')).toMatchObject({ exitCode: 0 });
    const { stdout } = await captureCli('history', 'baselines', '--history', file);
    expect(stdout).toMatch(/main: run 1[\s\S]*the first one\n[\s\S]*the same again\n/);
    const history = await openHistory(file, { mode: 'read' });
    expect(listBaselineChanges(history).map(({ reason }) => reason)).toEqual([
      'the first one',
      'the same again',
    ]);
    history.close();
  });

  test('the hint is for a shell, and a name that no baseline can have is refused before it is hinted at', async () => {
    const spaced = night({ night: 0 }, 'rün 1');
    const asked = await captureCli(
      'gate',
      spaced,
      '--baseline',
      'main',
      '--history',
      join(dir, 'a b.sqlite'),
    );
    expect(asked.stdout).toContain(
      `mlu-parity history baseline main '${spaced}' --reason "…" --history '${join(dir, 'a b.sqlite')}'`,
    );
    for (const name of ['mäin x', 'last', '7']) {
      expect(await captureCli('gate', base, '--baseline', name, '--history', file)).toMatchObject({
        exitCode: 2,
        stdout: '',
        stderr: expect.stringContaining(
          `a baseline cannot have the name "${name}": begin with a letter from A to Z or a to z, go on with such letters`,
        ),
      });
    }
  });

  test('what is refused makes no history: a bad name, no reason, a shard', async () => {
    const none = join(dir, 'refused', 'history.sqlite');
    const set = (name: string, folder: string, reason = 'r') =>
      captureCli('history', 'baseline', name, folder, '--reason', reason, '--history', none, '--quiet');
    const shard = night({ night: 0, images: 30 }, 'shard');
    writeRecord(shard, { ...(await readRecord(shard)), shard: { index: 1, count: 3 } });
    expect((await set('a b', base)).exitCode).toBe(2);
    expect((await set('main', base, ' ')).exitCode).toBe(2);
    expect(await set('main', shard)).toMatchObject({
      exitCode: 3,
      stderr: expect.stringMatching(
        /cannot make \S+shard a baseline: it is shard 1 of 3, with 30 images of the run alone; join all of them by mlu-parity merge and give that run/,
      ),
    });
    expect(existsSync(join(dir, 'refused'))).toBe(false);
    writeRecord(shard, { ...(await readRecord(shard)), shard: { index: 1, count: 1 } });
    expect((await set('main', shard)).exitCode).toBe(0);
  });

  test('a data set that is another one by now is named', async () => {
    const moved = night({ night: 1, images: 30 }, 'moved');
    writeFileSync(join(dir, 'annotations-30.json'), readFileSync(join(dir, 'annotations-200.json')));
    const args = ['history', 'baseline', 'other', moved, '--reason', 'r', '--history', file, '--quiet'];
    expect(await captureCli(...args)).toMatchObject({
      exitCode: 3,
      stderr: expect.stringMatching(
        /annotations-30\.json has SHA-256 \w{12}…, and the run had \w{12}…; give its annotation file by --ground-truth/,
      ),
    });
  });
});

describe('the three verdicts', () => {
  test('the same night again is equivalent, exit 0, and says that no budget was given', async () => {
    const record = await gate(night({ night: 2 }));
    expect(record).toMatchObject({ verdict: 'equivalent', exitCode: 0 });
    expect(checkOf(record, 'accuracy')).toMatchObject({
      difference: 0,
      low: 0,
      high: 0,
      images: 200,
      budget: 0.005,
    });
    expect(record.sentence).toMatch(
      /^EQUIVALENT: each of 2 figures keeps its budget against the baseline main/,
    );
    expect(record.notes).toEqual([
      'No budget of accuracy was given: AP=0.005 of each backend is the default.',
    ]);
  });

  test('30 nights whose boxes and scores move a little: none regressed, most equivalent', async () => {
    const verdicts: string[] = [];
    for (let moved = 1; moved <= 30; moved++) {
      verdicts.push((await gate(night({ night: 3, moved }, 'moved-night'), '--budget', 'AP=0.005')).verdict);
    }
    expect(verdicts).not.toContain('regressed');
    expect(verdicts.filter((verdict) => verdict === 'equivalent').length).toBeGreaterThan(27);
  });

  test('a drop is regressed, exit 1, with the figure, its interval and its budget', async () => {
    const record = await gate(night({ night: 4, lost: 0.3 }, 'dropped'), '--budget', 'AP=0.005');
    expect(record).toMatchObject({ verdict: 'regressed', exitCode: 1 });
    const check = checkOf(record, 'accuracy')!;
    expect(check.high!).toBeLessThan(-0.005);
    expect(check.difference!).toBeCloseTo(check.actual! - check.baseline!, 12);
    expect(record.sentence).toMatch(
      /^REGRESSED: AP of int16 \(emulated\): 0\.\d{4} → 0\.\d{4}, −0\.\d{4} \(95 % interval −0\.\d{4} … −0\.\d{4}\), −0\.0050 allowed, against the baseline main\.$/,
    );
    expect(checkOf(record, 'accuracy', 'AP', 'cpu-float')!.verdict).toBe('equivalent');
  });

  test('the same drop with a budget of its own for the backend is equivalent', async () => {
    const dropped = join(dir, 'dropped');
    const record = await gate(dropped, '--budget', 'AP=0.005', '--budget', 'int16:AP=0.3');
    expect(record.verdict).toBe('equivalent');
    expect(record.checks.map(({ budget }) => budget)).toEqual([0.005, 0.3]);
  });

  test('a small loss on few images: cannot tell, exit 4, with the images that would', async () => {
    const few = join(dir, 'few.sqlite');
    const before = night({ night: 0, images: 40 }, 'few-before');
    await captureCli('history', 'baseline', 'main', before, '--reason', 'r', '--history', few, '--quiet');
    const now = night({ night: 1, images: 40, lost: 0.02 }, 'few-now');
    const record = await gate(now, '--history', few, '--budget', 'AP=0.005');
    expect(record).toMatchObject({ verdict: 'cannot-tell', exitCode: 4 });
    expect(checkOf(record, 'accuracy')!.imagesNeeded).toBeGreaterThan(40);
    expect(record.sentence).toMatch(/^CANNOT TELL: AP of int16 .* \(about \d+ images would tell\), against/);
  });

  test('fewer than ten images have no interval, and equal outputs of them are no pass', async () => {
    const few = join(dir, 'very-few.sqlite');
    const before = night({ night: 0, images: 8 }, 'very-few');
    await captureCli('history', 'baseline', 'main', before, '--reason', 'r', '--history', few, '--quiet');
    const record = await gate(before, '--history', few);
    expect(record).toMatchObject({
      exitCode: 4,
      sentence: expect.stringContaining('8 images are too few for an interval'),
    });
  });
});

describe('what cannot be compared, or is not whole', () => {
  test.each([
    [
      'other images',
      { images: 150 },
      /number of images 200 → 150; .*run with the same annotations, the same images, or set/,
    ],
    [
      'another threshold',
      { conf: 0.05 },
      /: conf 0\.001 → 0\.05; run with --conf 0\.001, or set a new baseline/,
    ],
    [
      'other arithmetic',
      { bits: 8 },
      /int16: arithmetic int16 exact → int8 exact; bits 16 → 8; run with --bits 16, or set a new baseline/,
    ],
  ] as const)('%s: exit 3, naming what differs', async (_, options, difference) => {
    const { exitCode, stdout, stderr } = await refused(night({ night: 5, ...options }, 'other'));
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
    expect(stderr).toMatch(/^mlu-parity: cannot compare \S+other with the baseline main, \S+: /);
    expect(stderr).toMatch(difference);
  });

  test('other weights are what is judged: compared, and said', async () => {
    const record = await gate(night({ night: 5, weights: 'd'.repeat(64) }, 'weights'));
    expect(record.exitCode).toBe(0);
    expect(record.notes).toContain('has other weights, or what is made of them: weights bbbbbbbb → dddddddd');
  });

  test('other budgets and replicates of the run itself, and other offline models, are no other run', async () => {
    const options = { budgets: [{ backend: null, metric: 'AP', budget: 0.3 }], replicates: 500 };
    const record = await gate(night({ night: 5, options }, 'options'));
    expect(record).toMatchObject({ exitCode: 0, verdict: 'equivalent' });
    expect(record.notes).toEqual([
      'No budget of accuracy was given: AP=0.005 of each backend is the default.',
    ]);

    const folder = night({ night: 5 }, 'compiled');
    const compiled = await readRecord(folder);
    const [first, second] = compiled.backends;
    const model = { coreNumber: second!.coreNumber, batch: 1, file: 'a.cambricon', sha256: 'f'.repeat(64) };
    writeRecord(folder, { ...compiled, backends: [first!, { ...second!, offlineModels: [model] }] });
    expect((await gate(folder)).notes).toContain(
      'has other weights, or what is made of them: offline model none → ffffffff',
    );
  });

  test('a failed backend: exit 5, whatever the figures of the others', async () => {
    const failed = night({ night: 6, lost: 0.3 }, 'failed');
    const record = await readRecord(failed);
    record.backends[1]!.failure = 'int16: the device was lost';
    writeRecord(failed, { ...record, status: 'incomplete', verdict: { sentence: '', exitCode: 5 } });
    const judged = await gate(failed);
    expect(judged).toMatchObject({ verdict: 'failed', exitCode: 5 });
    expect(judged.sentence).toMatch(/^FAILED: int16: the device was lost; /);
    expect(checkOf(judged, 'accuracy')).toMatchObject({
      verdict: 'cannot-tell',
      reason: 'int16: the device was lost',
    });
  });

  test('an incomplete run with the same figures is no pass', async () => {
    const incomplete = night({ night: 7 }, 'incomplete');
    writeRecord(incomplete, {
      ...(await readRecord(incomplete)),
      status: 'incomplete',
      stoppedBy: 'the user',
    });
    const judged = await gate(incomplete);
    expect(judged).toMatchObject({ verdict: 'cannot-tell', exitCode: 4 });
    expect(judged.sentence).toContain('the run is incomplete: the user');
  });

  test('a backend that the baseline has and the run has not is no pass', async () => {
    const without = night({ night: 8 }, 'without');
    const record = await readRecord(without);
    writeRecord(without, { ...record, backends: record.backends.slice(0, 1) });
    expect(await gate(without)).toMatchObject({
      exitCode: 4,
      sentence: expect.stringContaining('the baseline main has int16, and this run has not'),
    });
  });

  test('a run that is not there, and options that have no meaning', async () => {
    expect(await refused(join(dir, 'nothing'))).toMatchObject({ exitCode: 3 });
    for (const args of [
      ['--budget', 'AP'],
      ['--budget', 'mAP=0.1'],
      ['--budget', 'mlu-offline:AP=0.1'],
      ['--latency-budget', 'mlu-offline:4'],
      ['--latency-budget', 'gpu=5%'],
      ['--replicates', '0'],
      ['--junit-cannot-tell', 'failure'],
    ]) {
      expect(await refused(base, ...args), args.join(' ')).toMatchObject({ exitCode: 2, stdout: '' });
    }
  });

  test('without a run folder: no run to make, one of a wrong budget, and nothing to confirm', async () => {
    const judge = (...args: string[]) =>
      captureCli('gate', '--baseline', 'main', '--history', file, '--quiet', ...args);
    const config = join(dir, 'run.config.json');
    writeFileSync(config, JSON.stringify({ weights: 'a.pth', dataset: 'coco', out: join(dir, 'made') }));
    const refusals: [string[], RegExp][] = [
      [[], /there is no run to judge: give its folder, or --config FILE/],
      [['--config', config, '--confirm', base], /--confirm \S+ has no effect without a run folder/],
      [
        ['--config', config, '--budget', 'mlu-offline:AP=0.1'],
        /the budget of mlu-offline has no effect: the run has no such backend, but cpu-float, int16; leave it out/,
      ],
    ];
    for (const [args, sentence] of refusals) {
      const { exitCode, stderr } = await judge(...args);
      expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringMatching(sentence) });
    }
    expect(existsSync(join(dir, 'made'))).toBe(false);
  });

  test('documents that cannot be written cost no verdict, and are no pass', async () => {
    const folder = join(dir, 'a-folder');
    mkdirSync(join(folder, 'in-it'), { recursive: true });
    const judge = (run: string) =>
      captureCli('gate', run, '--baseline', 'main', '--history', file, '--quiet', '--junit', folder);
    const well = await judge(night({ night: 5 }, 'unwritten'));
    expect(well).toMatchObject({ exitCode: 3, stdout: expect.stringMatching(/^EQUIVALENT: /) });
    expect(well.stderr).toMatch(
      /^mlu-parity: cannot write what the gate says: the system refused to rename /,
    );
    const worse = await judge(night({ night: 5, lost: 0.3 }, 'unwritten'));
    expect(worse).toMatchObject({ exitCode: 1, stdout: expect.stringMatching(/^REGRESSED: /) });
    // The reason why nothing was judged is not lost behind it either.
    const other = await judge(night({ night: 5, conf: 0.05 }, 'unwritten'));
    expect(other).toMatchObject({
      exitCode: 3,
      stderr: expect.stringMatching(/\nmlu-parity: cannot compare /),
    });
    const args = ['gate', base, '--baseline', 'main', '--history', file, '--quiet'];
    expect(await captureCli(...args, '--out', join(base, 'run.json'))).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/cannot make the folder \S+run\.json \(EEXIST\): give --out a place/),
    });
    const missing = join(dir, 'not-there-yet', 'junit.xml');
    expect(await captureCli(...args, '--junit', missing)).toMatchObject({ exitCode: 0 });
    expect(existsSync(missing)).toBe(true);
  });

  test('detections that were changed after the run are named', async () => {
    const changed = night({ night: 9 }, 'changed');
    const path = join(changed, 'detections', 'int16.json');
    const detections = JSON.parse(readFileSync(path, 'utf8')) as unknown[];
    writeFileSync(path, JSON.stringify(detections.slice(0, -400)));
    expect(await refused(changed)).toMatchObject({
      exitCode: 3,
      stderr: expect.stringMatching(
        /cannot compare the detections of int16 in \S+changed: they give an AP of .* they were changed since/,
      ),
    });
    writeFileSync(path, '[{"image_id": 7');
    expect(await refused(changed)).toMatchObject({
      exitCode: 3,
      stderr: expect.stringMatching(/cannot use the detections of int16 in \S+changed: it is not JSON/),
    });
  });
});

describe('confirmation', () => {
  test('an alarm that a re-run shows too is confirmed, one that it does not is cannot tell', async () => {
    const dropped = join(dir, 'dropped');
    const again = night({ night: 4, lost: 0.3, commit: 'e'.repeat(40) }, 'dropped-again');
    const confirmed = await gate(dropped, '--confirm', again);
    expect(confirmed).toMatchObject({ verdict: 'regressed', exitCode: 1 });
    expect(checkOf(confirmed, 'accuracy')!.confirmation).toBe('confirmed');
    expect(confirmed.sentence).toContain('a re-run shows it too');

    const well = night({ night: 4 }, 'well');
    const unconfirmed = await gate(dropped, '--confirm', well);
    expect(unconfirmed).toMatchObject({ verdict: 'cannot-tell', exitCode: 4 });
    expect(checkOf(unconfirmed, 'accuracy')).toMatchObject({
      confirmation: 'not-confirmed',
      reason: expect.stringContaining('not confirmed by the re-run, there 0.'),
    });
    expect((await gate(dropped)).notes).toContain(
      'Nothing has confirmed it: run again, and give that run by --confirm.',
    );
  });

  test('the run itself, and a run of something else, confirm nothing', async () => {
    const dropped = join(dir, 'dropped');
    expect(await refused(dropped, '--confirm', dropped)).toMatchObject({ exitCode: 2 });
    const { exitCode, stderr } = await refused(dropped, '--confirm', join(dir, 'weights'));
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('which has other weights, or what is made of them'),
    });
  });
});

describe('budgets of times alone', () => {
  const dropped = () => join(dir, 'dropped');
  /** Under a name of its own: what was loaded once is not read again. */
  const configOf = (name: string, options: object): string => {
    const config = join(dir, `${name}.config.json`);
    writeFileSync(config, JSON.stringify(options));
    return config;
  };

  test('on the command line or in the file: AP keeps its default budget, and that is said', async () => {
    const config = configOf('slow', { latencyBudgets: { all: 50 } });
    for (const args of [
      ['--latency-budget', '5000%'],
      ['--config', config],
    ]) {
      const record = await gate(dropped(), ...args);
      expect(record).toMatchObject({ verdict: 'regressed', exitCode: 1 });
      expect(checkOf(record, 'accuracy')).toMatchObject({ metric: 'AP', budget: 0.005 });
      expect(checkOf(record, 'latency', 'p50')!.verdict).toBe('equivalent');
      expect(record.notes).toContain(
        'No budget of accuracy was given: AP=0.005 of each backend is the default.',
      );
    }
  });

  test('no accuracy is judged where the file says so, or every budget is of another backend: a note says it', async () => {
    const config = configOf('without', { gateBudgets: {}, latencyBudgets: { all: 50 } });
    const without = await gate(dropped(), '--config', config);
    expect(without.exitCode).toBe(0);
    expect(without.notes).toEqual([
      expect.stringMatching(/^No accuracy is judged: the budgets that were given are empty\. AP=0\.005/),
    ]);
    const other = await gate(dropped(), '--budget', 'cpu-float:AP=0.005');
    expect(other.notes).toEqual(['No accuracy of int16 is judged: every budget is of other backends.']);
  });

  test('times of a file that a run has not, as one of shards, cost no pass, and are said', async () => {
    const config = configOf('strict', { latencyBudgets: { all: 0.05 } });
    const record = await gate(night({ night: 2, provenance: 'modelled' }, 'untimed'), '--config', config);
    expect(record.exitCode).toBe(0);
    expect(record.notes).toContainEqual(expect.stringMatching(/^no time was judged, though/));
  });
});

describe('budgets of times', () => {
  test('slower than allowed is regressed, within is equivalent, between is cannot tell', async () => {
    const at = (p50Ms: number, ...args: string[]) =>
      gate(night({ night: 10, p50Ms }, 'timed'), '--latency-budget', '5%', ...args);
    const slow = await at(12);
    expect(slow).toMatchObject({ verdict: 'regressed', exitCode: 1 });
    expect(checkOf(slow, 'latency', 'p50')).toMatchObject({
      ...{ unit: 'share', baseline: 10, actual: 12, point: '1 thread, batch 1, host time' },
      difference: expect.closeTo(0.2, 9),
    });
    expect(slow.sentence).toContain(
      '10.0 ms → 12.0 ms, +20 % (95 % interval +18.3 % … +21.7 %), +5 % allowed',
    );
    expect((await at(10.1)).exitCode).toBe(0);
    expect((await at(10.5)).exitCode).toBe(4);
    expect(
      (await at(12, '--latency-budget', 'int16:1=50%', '--latency-budget', 'cpu-float=30%')).exitCode,
    ).toBe(0);
  });

  test('a time that was not taken, or elsewhere, or is not there, keeps no budget', async () => {
    const judge = (options: Partial<MadeUpNight>, budget: string) =>
      gate(night({ night: 10, ...options }, 'timed'), '--latency-budget', budget);
    expect((await judge({ provenance: 'modelled' }, 'int16=5%')).sentence).toContain(
      'the time is modelled, not taken',
    );
    // None of the times is of the budget then, and what was asked for and not judged is no pass.
    expect(await judge({ provenance: 'modelled' }, '5%')).toMatchObject({
      exitCode: 4,
      sentence: expect.stringContaining('no time was judged, though a budget of times was given'),
    });
    expect((await judge({ cpu: 'another CPU' }, 'int16=5%')).sentence).toContain(
      'timed otherwise: CPU made-up CPU → another CPU',
    );
    expect((await judge({}, 'int16:8=5%')).sentence).toContain('the run has no such time');
  });

  test('what nights differ by makes the interval wider', async () => {
    const noisy = join(dir, 'noisy.sqlite');
    await captureCli('history', 'baseline', 'main', base, '--reason', 'r', '--history', noisy, '--quiet');
    const slow = () => night({ night: 40, p50Ms: 11.2 }, 'slow');
    const before = await gate(slow(), '--history', noisy, '--latency-budget', '5%');
    expect(before.verdict).toBe('regressed');
    // ±10 % from night to night.
    for (let n = 1; n <= 20; n++) {
      const folder = night({ night: n, p50Ms: 10 + ((n * 7) % 5) / 2 - 1 }, `noisy-${n}`);
      await captureCli('history', 'import', folder, '--history', noisy, '--quiet');
    }
    const after = await gate(slow(), '--history', noisy, '--latency-budget', '5%');
    const [narrow, wide] = [before, after].map((record) => checkOf(record, 'latency', 'p50')!);
    expect(wide!.high! - wide!.low!).toBeGreaterThan(3 * (narrow!.high! - narrow!.low!));
    expect(wide!.verdict).toBe('cannot-tell');
  });
});

describe('against the nights before', () => {
  const series = join(dir, 'series.sqlite');
  const record = (options: MadeUpNight, ...args: string[]) =>
    gate(night(options), '--history', series, '--record', '--budget', 'AP=0.005', ...args);

  test('a drop is told by the level too from its third night on; the run and the verdict are recorded', async () => {
    await captureCli('history', 'baseline', 'main', base, '--reason', 'r', '--history', series, '--quiet');
    for (let n = 20; n < 28; n++) expect((await record({ night: n })).exitCode).toBe(0);
    const [first, second, third] = [
      await record({ night: 28, lost: 0.3 }),
      await record({ night: 29, lost: 0.3 }),
      await record({ night: 30, lost: 0.3 }),
    ];
    expect([first, second, third].map(({ verdict }) => verdict)).toEqual(Array(3).fill('regressed'));
    expect(checkOf(first!, 'series')).toMatchObject({
      verdict: 'equivalent',
      reason: expect.stringContaining('this night is a spike'),
    });
    expect(checkOf(second!, 'series')!.verdict).toBe('equivalent');
    expect(checkOf(third!, 'series')).toMatchObject({
      verdict: 'regressed',
      reason: 'its level changed in the night of 2026-01-29 and has stayed for 3 nights',
    });
    const history = await openHistory(series, { mode: 'read' });
    expect(listRuns(history)).toHaveLength(12);
    expect(listGates(history).map(({ document }) => document.verdict)).toEqual([
      ...Array(8).fill('equivalent'),
      ...Array(3).fill('regressed'),
    ]);
    history.close();
  });

  test('a run that was judged before is said to be, with what was said then', async () => {
    const judged = await record({ night: 29, lost: 0.3 });
    expect(judged.notes).toContainEqual(
      expect.stringMatching(
        /^This run was judged before, on 20\d\d-\d\d-\d\d \d\d:\d\d against the baseline main: regressed\. Both verdicts are in the history/,
      ),
    );
    const history = await openHistory(series, { mode: 'read' });
    expect(listGates(history).at(-1)!.document).toEqual(judged);
    history.close();
    expect((await gate(join(dir, 'night-29'), '--history', series)).notes.join()).not.toContain('before, on');
  });

  test('a run that is recorded already counts once', async () => {
    expect(checkOf(await record({ night: 30, lost: 0.3 }), 'series')!.reason).toContain(
      'has stayed for 3 nights',
    );
  });

  test('a re-run of the third night must show the level too', async () => {
    const third = join(dir, 'night-30');
    const well = night({ night: 31 }, 'well-again');
    const judged = await gate(third, '--history', series, '--confirm', well);
    expect(judged.verdict).toBe('cannot-tell');
    expect(checkOf(judged, 'series')!.confirmation).toBe('not-confirmed');
  });

  test('once it is the baseline, the level is accepted', async () => {
    const args = ['--reason', 'known: a smaller network', '--history', series, '--quiet'];
    await captureCli('history', 'baseline', 'main', join(dir, 'night-30'), ...args);
    const judged = await record({ night: 32, lost: 0.3 });
    expect(judged.verdict).toBe('equivalent');
    expect(checkOf(judged, 'series')!.reason).toBe('the same level for 4 nights');
  });
});

test('budgets from the configuration file: gateBudgets before budgets', async () => {
  const config = join(dir, 'gate.config.json');
  mkdirSync(dir, { recursive: true });
  writeFileSync(
    config,
    JSON.stringify({
      budgets: { AP: 0.4 },
      gateBudgets: { AP: 0.01, 'int16:AR100': 0.02 },
      latencyBudgets: { all: 0.05 },
    }),
  );
  const { checks } = await gate(join(dir, 'night-2'), '--config', config);
  expect(checks.map(({ backend, metric, budget }) => `${backend} ${metric} ${budget}`)).toEqual([
    ...['cpu-float AP 0.01', 'cpu-float p50 0.05', 'int16 AP 0.01', 'int16 AR100 0.02', 'int16 p50 0.05'],
  ]);
});
