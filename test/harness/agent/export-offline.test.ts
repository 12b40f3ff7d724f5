import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseTwins } from '../../../reference/offline/index.ts';
import { captureCli } from '../../support/capture-cli.ts';
import { readNpy } from '../../support/npy.ts';
import { python } from '../../support/python.ts';
import { randomPixels } from '../../support/random-graph.ts';
import { pythonJson, runAgent, runPythonFile, WITH_STAND_IN } from '../../support/run-agent.ts';
import { suiteFolder } from '../../support/suite-folder.ts';
import { writeInput } from '../../support/write-input.ts';

const script = (name: string): string => fileURLToPath(new URL(`support/${name}.py`, import.meta.url));

describe.skipIf(!python)('agent export-offline, on the stand-in of the card', () => {
  const folder = suiteFolder();
  const file = (name: string): string => join(folder, name);

  async function succeed(what: string, args: readonly string[], env?: Record<string, string>): Promise<void> {
    const { exitCode, stderr } = await runPythonFile(script(what), args, env);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  }

  beforeAll(async () => {
    // Depthwise, so that layers of both kinds are in the files.
    await succeed('make_checkpoint', [file('int16.pt'), 'int16', '64', '0', '1']);
    await succeed('make_checkpoint', [file('int8.pt'), 'int8', '64', '1', '0']);
  });

  function exportOffline(checkpoint: string, out: string, ...args: string[]) {
    const common = ['--quantized', file(checkpoint), '--size', '64', '--out', file(out), '--json'];
    return runAgent(['export-offline', ...common, ...args], WITH_STAND_IN);
  }

  test('the program gives, by plain torch, the outputs of the online run to the last bit, at the batch asked for', async () => {
    await writeInput(file('in.npy'), randomPixels([2, 3, 64, 64], 3));
    for (const checkpoint of ['int16', 'int8']) {
      const model = `${checkpoint}-batch.cambricon`;
      const exported = await exportOffline(`${checkpoint}.pt`, model, '--batch', '2', '--core-number', '4');
      expect(exported).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('stand-in') });
      expect(JSON.parse(exported.stdout)).toEqual({
        path: file(model),
        twins: `${file(model)}_twins`,
        precision: checkpoint,
        standIn: expect.stringContaining('stand-in'),
        warnings: [],
      });
      const files = [file(model), file('in.npy'), file('offline.npy')];
      await succeed('run_program', files, { PYTHONPATH: '' });
      const common = ['online', '--quantized', file(`${checkpoint}.pt`), '--size', '64', '--batch', '2'];
      const where = ['--images', file('in.npy'), '--out', file(checkpoint), '--decode', 'fixed-grids'];
      const online = await runAgent([...common, ...where], WITH_STAND_IN);
      expect(online).toMatchObject({ exitCode: 0 });
      const { data, shape } = readNpy(file('offline.npy'), 'NAC');
      expect(shape).toEqual([2, 84, 8]);
      const outputs = [0, 1].flatMap((i) => [...readNpy(join(file(checkpoint), `in_${i}.npy`)).data]);
      expect([...data]).toEqual(outputs);
    }
  });

  test('twins say the name, the shapes and the core number; the head of the model likewise', async () => {
    const { functions, model } = parseTwins(readFileSync(file('int16-batch.cambricon_twins'), 'utf8'));
    expect(model).toBe('int16-batch.cambricon');
    expect(functions).toHaveLength(1);
    const [{ inputs, outputs, kernels }] = functions as [(typeof functions)[number]];
    expect([...inputs, ...outputs].map(({ shape }) => shape)).toEqual([
      [2, 64, 64, 3],
      [2, 8, 1, 84],
    ]);
    expect(kernels).toMatchObject([{ modelParallelism: 4, coreLimit: 4 }]);
    const head = readFileSync(file('int16-batch.cambricon')).toString('latin1').split('\n').slice(0, 6);
    expect(head).toEqual([
      '\x7fMEFmlu-parity stand-in 1',
      'parallelism 4',
      'core-version MLU270',
      'input 2 64 64 3 FLOAT32',
      'output 2 8 1 84 FLOAT32',
      'program torchscript',
    ]);
  });

  test('lint finds every channel of the checkpoint in the model, int8 and int16', async () => {
    for (const [checkpoint, layers] of [
      ['int16', 83],
      ['int8', 83],
    ] as const) {
      const { stdout } = await captureCli(
        ...['lint', file(`${checkpoint}.pt`), file(`${checkpoint}-batch.cambricon`), '--size', '64'],
      );
      const [, found, of] = /weights of ([\d,]+) of ([\d,]+) output channels found/.exec(stdout) ?? [];
      const [, blank] = /(\d+) channels are all but zero/.exec(stdout) ?? ['', '0'];
      expect(Number(found) + Number(blank)).toBe(Number(of));
      expect(Number(found)).toBeGreaterThan(1000);
      expect(stdout).toContain(`${layers} of ${layers} layers whole`);
      expect(stdout).toContain('biases of 9 of 9 layers found');
    }
  });

  test('without a card (--device -1) the same model comes out, for an MLU220 too', async () => {
    const args = ['--batch', '2', '--core-number', '4', '--device', '-1', '--core-version', 'MLU220'];
    expect(await exportOffline('int16.pt', 'fake.cambricon', ...args)).toMatchObject({ exitCode: 0 });
    const bytes = (name: string): string => readFileSync(file(name)).toString('latin1');
    const weights = (name: string): string => {
      const model = bytes(name);
      return model.slice(-Number(/weights-bytes (\d+)/.exec(model)![1]));
    };
    expect(bytes('fake.cambricon')).toContain('core-version MLU220\n');
    expect(weights('fake.cambricon')).toBe(weights('int16-batch.cambricon'));
  });

  test('a model, or twins alone, that are there are written over with --force alone', async () => {
    mkdirSync(file('there'));
    for (const name of ['there/x.cambricon', 'there/x.cambricon_twins']) {
      writeFileSync(file(name), 'old');
      const { exitCode, stderr } = await exportOffline('int16.pt', 'there/x.cambricon');
      expect({ exitCode, stderr }).toEqual({
        exitCode: 2,
        stderr: `agent: ${file(name)} exists already: add --force to write over it, or give another name\n`,
      });
      expect(readFileSync(file(name), 'utf8')).toBe('old');
      if (!name.endsWith('_twins')) rmSync(file(name));
    }
    expect(await exportOffline('int16.pt', 'there/x.cambricon', '--force')).toMatchObject({ exitCode: 0 });
    expect(readFileSync(file('there/x.cambricon_twins'), 'utf8')).toContain('"x.cambricon"');
  });

  test('a model that is there is replaced whole, or left alone by an export that fails', async () => {
    mkdirSync(file('kept'));
    writeFileSync(file('kept/old.cambricon'), 'old');
    writeFileSync(file('kept/old.cambricon_twins'), 'old twins');
    const cases: [flaw: string, kind: string, message: string][] = [
      ['trace', 'device', 'torch_mlu cannot compile the network: no such operator'],
      ['nothing', 'device', 'wrote nothing'],
      ['empty', 'device', 'empty file'],
      ['cores', 'device', 'is for 1 cores, and 4 were asked for'],
      ['shape', 'device', 'takes [1, 32, 64, 3], and [1, 64, 64, 3] was asked for'],
    ];
    const flaws = cases.map(([flaw]) => flaw);
    const told = await pythonJson<object[]>(script('flawed_export'), [
      file('int16.pt'),
      file('kept/old.cambricon'),
      ...flaws,
    ]);
    expect(told).toEqual(
      cases.map(([, kind, message]) => ({
        refusal: [kind, expect.stringContaining(message)],
        // The vendor's switch is off again, and gradients are as they were.
        saveAs: '',
        gradients: true,
      })),
    );
    expect(readdirSync(file('kept')).sort()).toEqual(['old.cambricon', 'old.cambricon_twins']);
    expect(readFileSync(file('kept/old.cambricon'), 'utf8')).toBe('old');
    expect(readFileSync(file('kept/old.cambricon_twins'), 'utf8')).toBe('old twins');
  });

  test('another release’s ways: no twins, a name without an ending, other twins, are warned of or taken', async () => {
    const flaws = ['no-twins', 'no-ending', 'other-twins', 'output', 'magic'];
    const told = await pythonJson<{ result: { twins: string | null; warnings: string[] } }[]>(
      script('flawed_export'),
      [file('int16.pt'), file('kept/old.cambricon'), ...flaws],
    );
    expect(told.map(({ result }) => result.warnings)).toEqual([
      [expect.stringContaining('no twins file was written')],
      [],
      [expect.stringContaining('of a kind that is not known')],
      [expect.stringContaining('gives [1, 84, 1, 8], and [1, 8, 1, 84] was expected')],
      [expect.stringContaining('begins with')],
    ]);
    expect(told[0]!.result.twins).toBeNull();
    expect(readdirSync(file('kept')).sort()).toEqual(['old.cambricon', 'old.cambricon_twins']);
  });

  test('names and forms that cannot be are refused before anything is written', async () => {
    const cases: [options: object, kind: string, message: string][] = [
      [{ out: file('model.bin') }, 'bad-request', 'ends in .cambricon'],
      [{ out: file('nowhere/x.cambricon') }, 'bad-file', 'cannot write'],
      [{ decode: 'in-place' }, 'bad-request', 'what the card has not'],
      [{ batch: 0 }, 'bad-request', 'a batch of 0'],
      [{ core_number: 0 }, 'bad-request', 'core number 0'],
    ];
    const args = ['export', file('int16.pt'), file('x.cambricon'), JSON.stringify(cases.map(([o]) => o))];
    const refusals = await pythonJson(script('refused_options'), args);
    expect(refusals).toEqual(cases.map(([, kind, message]) => [kind, expect.stringContaining(message)]));
    expect(readdirSync(folder).filter((name) => name.includes('export') || name.startsWith('x.'))).toEqual(
      [],
    );
  });
});
