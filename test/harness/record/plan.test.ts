import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { sha256 } from '../../../datasets/sha256.ts';
import { resolvePlanOptions } from '../../../harness/record/plan-options.ts';
import { recordingPlanSchema } from '../../../harness/record/recording-plan.ts';
import { writePlan } from '../../../harness/record/write-plan.ts';
import { silentProgress } from '../../../harness/terminal/progress.ts';
import { writeLegacyCheckpoint } from '../../../harness/weights/index.ts';
import { officialVariant, randomWeights } from '../../../reference/network/index.ts';
import { captureCli } from '../../support/capture-cli.ts';
import { madeUpTwins } from '../../support/made-up-offline-model.ts';
import { suiteFolder } from '../../support/suite-folder.ts';
import { writeQuantizedRandom } from '../../support/write-quantized.ts';
import { furnish, planArguments, readJson, WEIGHTS } from './recording-folder.ts';

describe('record plan', () => {
  const dir = suiteFolder();
  const at = (name: string): string => join(dir, name);
  beforeAll(async () => {
    await furnish(dir, 3);
    await writeQuantizedRandom(at('tiny.pt'), 'tiny', 1);
    await writeQuantizedRandom(at('other.pt'), 'nano', 2);
    await writeLegacyCheckpoint(at('float.pt'), randomWeights(officialVariant('nano'), 1));
    writeFileSync(at('lonely.cambricon'), '\x7fMEF');
  });

  function model(name: string, cores: number, side = 64, batch = 1): string {
    writeFileSync(at(name), `\x7fMEF of ${cores}`);
    const input = { shape: [batch, side, side, 3], position: 0, scale: 1 };
    const twins = madeUpTwins({ layers: [], input, output: { shape: [1, 85, 1, 84] }, cores });
    writeFileSync(at(`${name}_twins`), twins);
    return at(name);
  }

  test('the folder holds all that a device needs, and every file is in SHA256SUMS', async () => {
    const { exitCode, stdout } = await captureCli(
      ...planArguments(dir, at('whole'), '--cores', '4,1', '--latency-requests', '7', '--json'),
    );
    expect(exitCode).toBe(0);
    const plan = recordingPlanSchema.parse(readJson(at('whole'), 'plan.json'));
    const printed = JSON.parse(stdout);
    expect(printed).toMatchObject({ folder: at('whole'), plan });
    expect(plan).toMatchObject({
      ...{ size: [64, 64], legacy: false, batch: 1, classes: 80, cores: [4, 1], coreVersion: 'MLU270' },
      weights: { file: WEIGHTS, variant: 'nano' },
      latency: { requests: 7 },
      images: [1, 2, 3].map((id) => ({ id, fileName: `${id}.png`, input: `inputs/${id}.npy` })),
      backends: [
        { name: 'mlu-online', decode: 'concatenated', models: {} },
        { name: 'mlu-offline', decode: 'fixed-grids', models: {} },
      ],
    });
    expect(plan.backends[0]!.checkpoint!.sha256).toBe(sha256(readFileSync(at('quantized.pt'))));
    // By another program, as an engineer would.
    const checked = execFileSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: at('whole'), encoding: 'utf8' });
    const files = readdirSync(at('whole'), { recursive: true, withFileTypes: true }).filter((one) =>
      one.isFile(),
    );
    expect(checked.trim().split('\n')).toHaveLength(files.length - 1);
    expect(printed.files).toBe(files.length);
    const agent = readdirSync(at('whole/agent'), { recursive: true, encoding: 'utf8' });
    expect(agent).toEqual(expect.arrayContaining(['__main__.py', 'PROTOCOL.md', 'mlu_agent/run_record.py']));
    expect(readFileSync(at('whole/README.txt'), 'utf8')).toContain(
      'python3 whole/agent record whole --out whole-recording\n',
    );
    expect(readdirSync(dir).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  test('what is to be typed next names the folder, in quotes where a shell would take it apart', async () => {
    const out = at("night's plan");
    const one = ['--images', '1', '--backends', 'mlu-online'];
    const aloud = planArguments(dir, `${out}/`, ...one).filter((word) => word !== '--quiet');
    const { stdout, stderr } = await captureCli(...aloud);
    const record = `python3 'night'\\''s plan/agent' record 'night'\\''s plan' --out 'night'\\''s plan-recording'\n`;
    expect(stdout).toBe(`${out}/\n`);
    expect(stderr).toContain(`on the host of the card: ${record}`);
    const readme = readFileSync(join(out, 'README.txt'), 'utf8');
    expect(readme).toContain(record);
    expect(readme).toContain(`mlu-parity run … --mlu-online 'bundle:night'\\''s plan-recording'\n`);
    // As a shell hears it.
    const words = execFileSync('sh', ['-c', record.replace('python3', `printf '%s\n'`)], {
      encoding: 'utf8',
    });
    expect(words.trim().split('\n')).toEqual([
      ...["night's plan/agent", 'record', "night's plan", '--out', "night's plan-recording"],
    ]);
  });

  test('inputs are bytes, and float32 with --legacy', async () => {
    for (const legacy of [[], ['--legacy']]) {
      const out = at(`inputs${legacy.length}`);
      await captureCli(...planArguments(dir, out, '--images', '1', ...legacy));
      const [image] = recordingPlanSchema.parse(readJson(out, 'plan.json')).images;
      const header = readFileSync(join(out, image!.input)).subarray(0, 80).toString('latin1');
      expect(header).toContain(legacy.length > 0 ? "'<f4'" : "'|u1'");
    }
  });

  test('offline models bring their core numbers, and 4 is scored where it is among them, as a run does', async () => {
    const models = [model('one.cambricon', 1), model('sixteen.cambricon', 16)];
    const plain = planArguments(dir, at('models'), '--offline-model', ...models);
    expect((await captureCli(...plain)).exitCode).toBe(0);
    const plan = recordingPlanSchema.parse(readJson(at('models'), 'plan.json'));
    expect(plan.cores).toEqual([1, 16]);
    expect(plan.backends[1]!.models).toMatchObject({
      1: { file: 'files/1.cambricon', name: 'one.cambricon' },
      16: { file: 'files/16.cambricon' },
    });
    expect(existsSync(at('models/files/16.cambricon_twins'))).toBe(true);
    writeFileSync(at('bare.cambricon'), '\x7fMEF');
    const typed = planArguments(dir, at('typed'), '--offline-model', `8=${at('bare.cambricon')}`);
    expect((await captureCli(...typed)).exitCode).toBe(0);
    expect(recordingPlanSchema.parse(readJson(at('typed'), 'plan.json')).cores).toEqual([8]);
    await captureCli(...planArguments(dir, at('ordered'), '--cores', '16,1,4'));
    expect(recordingPlanSchema.parse(readJson(at('ordered'), 'plan.json')).cores).toEqual([4, 16, 1]);
  });

  test.each<[string, () => string[], number, string]>([
    ['a used folder', () => ['--out', dir], 2, 'it is not empty'],
    ['an option without effect', () => ['--seed', '3'], 2, '--seed 3 has no effect without --images'],
    [
      'a backend that is none of a card',
      () => ['--backends', 'int16'],
      2,
      '--backends int16 cannot be: it must be one of mlu-online, mlu-offline',
    ],
    ['more cores than the card has', () => ['--cores', '32'], 2, 'the MLU270 has 16 cores'],
    ['a checkpoint without scales', () => ['--quantized', at('float.pt')], 3, 'no module of it has a scale'],
    ['other weights', () => ['--quantized', at('other.pt')], 3, 'it holds other weights than'],
    ['another network', () => ['--quantized', at('tiny.pt')], 3, 'width 0.375'],
    ['a missing model', () => ['--offline-model', at('gone.cambricon')], 3, 'there is no such file'],
    [
      'a model without core number',
      () => ['--offline-model', at('lonely.cambricon')],
      2,
      'write --offline-model 4=',
    ],
    [
      'a model of another batch',
      () => ['--offline-model', model('batch.cambricon', 4, 64, 8)],
      3,
      'it is of batch 8',
    ],
    ['a model of another size', () => ['--offline-model', model('big.cambricon', 4, 96)], 3, '1 96 96 3'],
    [
      'two models of one core number',
      () => ['--offline-model', model('a.cambricon', 4), model('b.cambricon', 4)],
      2,
      'both of core number 4',
    ],
    [
      'a core number without a model',
      () => ['--cores', '4,2', '--offline-model', model('c.cambricon', 4)],
      2,
      'no offline model is of core number 2',
    ],
    [
      'a model that is not timed',
      () => ['--cores', '4', '--offline-model', model('d.cambricon', 4), model('e.cambricon', 8)],
      2,
      'which --cores does not name',
    ],
    [
      'a model of a backend that is not planned',
      () => ['--backends', 'mlu-online', '--offline-model', model('f.cambricon', 4)],
      2,
      'does not name mlu-offline',
    ],
    ['a missing picture', () => ['--dataset', at('gone')], 3, 'gone'],
  ])('refused in one sentence, with nothing left: %s', async (_, more, exitCode, sentence) => {
    const before = readdirSync(dir).length;
    const args = more();
    const made = readdirSync(dir).length - before;
    const result = await captureCli(...planArguments(dir, at('refused'), ...args));
    expect(result).toMatchObject({ exitCode, stdout: '' });
    expect(result.stderr).toContain(sentence);
    expect(result.stderr.trim().split('\n')).toHaveLength(1);
    expect(readdirSync(dir)).toHaveLength(before + made);
  });

  test('Ctrl-C while inputs are written leaves nothing', async () => {
    mkdirSync(at('stopped'));
    const stop = new AbortController();
    const [, , ...flags] = planArguments(dir, at('stopped/plan'));
    const given = Object.fromEntries(
      [0, 2, 4, 6, 8].map((index) => [flags[index]!.slice(2), flags[index + 1]!]),
    );
    const progress = { ...silentProgress, advance: () => stop.abort() };
    const options = resolvePlanOptions({ ...given, size: 64 });
    await expect(writePlan(options, { progress, signal: stop.signal })).rejects.toThrow(/abort/);
    expect(readdirSync(at('stopped'))).toEqual([]);
  });
});
