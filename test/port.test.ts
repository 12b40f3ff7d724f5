import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'npyjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { sampleWeightsPath } from '../datasets/index.ts';
import { writeScenes } from '../datasets/scenes/write-scenes.ts';
import { floatBackend } from '../harness/backends/float-backend.ts';
import { openEngine } from '../harness/engines/index.ts';
import { loadModel } from '../harness/model/load-model.ts';
import { readNpy } from '../harness/store/read-npy.ts';
import { readRecord } from '../harness/store/read-record.ts';
import { tensorDiff } from '../reference/compare/index.ts';
import { float32Tensor } from '../reference/tensor.ts';
import { benchRecordSchema, tuneResultSchema } from '../reports/record/index.ts';
import { compileCnrt, compiler } from './support/compile-cnrt.ts';
import { python } from './support/python.ts';
import { suiteFolder } from './support/suite-folder.ts';

const PORT = readFileSync(new URL('../docs/port.md', import.meta.url), 'utf8');

/** Every command of the page's shell blocks, in order. */
const COMMANDS = [...PORT.matchAll(/```sh\n([\s\S]*?)```/g)]
  .flatMap(([, block]) => block!.split('\n'))
  .map((line) => line.trim())
  .filter((line) => line !== '');

const CLI = fileURLToPath(new URL('../dist/harness/cli.js', import.meta.url));
const STAND_INS = fileURLToPath(new URL('./stand-in/python', import.meta.url));

/** What the page's reader would have: weights, a COCO folder with two splits. */
async function furnish(folder: string): Promise<void> {
  cpSync(sampleWeightsPath(), join(folder, 'yolox.pth'));
  const coco = join(folder, 'coco');
  mkdirSync(join(coco, 'annotations'), { recursive: true });
  for (const [split, count, seed] of [
    ['train2017', 8, 3],
    ['val2017', 4, 1],
  ] as const) {
    const drawn = join(folder, `drawn-${split}`);
    mkdirSync(drawn);
    await writeScenes(drawn, { count, seed }, {});
    cpSync(join(drawn, 'images'), join(coco, split), { recursive: true });
    cpSync(join(drawn, 'instances.json'), join(coco, 'annotations', `instances_${split}.json`));
  }
}

/** `mlu-parity`, `python3` and an `ssh` that stays on this machine, where the shell looks first. */
function makeCommands(folder: string): string {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const script = (name: string, text: string): void => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  script('mlu-parity', `exec '${process.execPath}' '${CLI}' "$@"`);
  script('ssh', 'shift\nexec "$@"');
  symlinkSync(
    spawnSync(python!, ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).stdout.trim(),
    join(bin, 'python3'),
  );
  return bin;
}

/** What is added to a command, since a stand-in is slow and nobody acts on its figures; the first that fits. */
const QUICKER: readonly [RegExp, string][] = [
  [/^python3 agent offline /, '--requests 5'],
  [/^mlu-parity record plan /, '--cores 4 --latency-requests 5'],
  [/^mlu-parity run .* bundle:/, ''],
  [/^mlu-parity run /, '--cores 1,4 --latency-samples 5'],
  [/^mlu-parity tune /, '--cores 1,4 --batch 1 --margin 50 --max-seconds 20 --json'],
  [/^mlu-parity bench /, '--cores 1,4 --latency-samples 5 --json'],
];

function quickly(command: string): string {
  const [, more = ''] = QUICKER.find(([which]) => which.test(command)) ?? [];
  return `${command} ${more}`.trimEnd();
}

/** Two engines in float32 sum in another order: 127 dB were seen between them. */
const FLOAT_DB = 100;

describe.skipIf(python === null || compiler === null)(
  'the port, command by command as its page has it, without a card',
  () => {
    const folder = suiteFolder();
    let environment: NodeJS.ProcessEnv;
    /** By the first two words of a command. */
    const printed = new Map<string, { status: number | null; stdout: string }>();

    beforeAll(async () => {
      await furnish(folder);
      environment = {
        ...process.env,
        PATH: `${makeCommands(folder)}${delimiter}${process.env.PATH}`,
        PYTHONPATH: STAND_INS,
        CNRT_LIBRARY: compileCnrt(),
        MLU_STAND_IN_PYTHON: python!,
        MLU_PARITY_WORK: join(folder, 'agent-work'),
      };
    });

    test('the page goes through all steps', () => {
      const steps = [
        'convert',
        'agent float',
        'agent quantize',
        'lint',
        'agent online',
        'export-offline',
        'agent offline',
      ];
      for (const step of [...steps, ' run ', 'tune', 'record plan', 'agent record', 'bundle:']) {
        expect(
          COMMANDS.some((command) => command.includes(step)),
          step,
        ).toBe(true);
      }
    });

    test.each(COMMANDS)('%s', { timeout: 300_000 }, (command) => {
      const { status, stdout, stderr } = spawnSync('sh', ['-c', quickly(command)], {
        cwd: folder,
        env: environment,
        encoding: 'utf8',
      });
      // Whether one core number of a stand-in can be told from another is chance.
      const allowed = command.startsWith('mlu-parity tune') ? [0, 4] : [0];
      expect(allowed, `${stdout}\n${stderr}`).toContain(status);
      expect(stderr).not.toMatch(/^mlu-parity: (?!stopped)/m);
      printed.set(command.split(' ', 2).join(' '), { status, stdout });
    });

    test('float outputs there are those of the network here, and offline is online', async () => {
      const model = await loadModel(join(folder, 'yolox.pth'));
      const here = await floatBackend(model, await openEngine('onnxruntime')).open({
        ...{ coreNumber: 1, purpose: 'accuracy' },
      });
      const outputs = readdirSync(join(folder, 'inputs'));
      expect(outputs).toHaveLength(2);
      for (const name of outputs) {
        const online = await readNpy(join(folder, 'online-outputs', name));
        const offline = await readNpy(join(folder, 'offline-outputs', name));
        const diff = tensorDiff(online, offline);
        expect(diff.state === 'compared' && diff.sqnr).toBeGreaterThan(100);
        const input = parse(new Uint8Array(readFileSync(join(folder, 'inputs', name))).buffer);
        const { output } = await here.infer(
          float32Tensor(Float32Array.from(input.data as Uint8Array), input.shape, 'NCHW'),
        );
        const float = tensorDiff(output, await readNpy(join(folder, 'float-outputs', name)));
        expect(float.state === 'compared' && float.sqnr).toBeGreaterThan(FLOAT_DB);
      }
      await here.close();
      expect(existsSync(join(folder, 'yolox_4.cambricon_twins'))).toBe(true);
    });

    test('the run has all four backends on every image, cards as emulated as they were, drift step by step', async () => {
      const record = await readRecord(join(folder, 'parity'));
      expect(
        record.backends.map(({ name, outputProvenance, images }) => [name, outputProvenance, images]),
      ).toEqual([
        ['cpu-float', 'measured', 4],
        ['int16', 'emulated', 4],
        ['mlu-online', 'emulated', 4],
        ['mlu-offline', 'emulated', 4],
        ['mlu-offline@16', 'emulated', 4],
      ]);
      expect(record.drift.map(({ cause }) => cause)).toEqual([
        'quantisation',
        'the card, online',
        'the offline model',
        'another core number',
      ]);
      const sum = record.drift.reduce((total, { metrics }) => total + metrics.AP!, 0);
      expect(sum).toBeCloseTo(record.drift.at(-1)!.fromReference.AP!, 12);
      expect(record.backends[4]).toMatchObject({
        coreNumber: 16,
        latency: [],
        decodeState: { healthy: true },
      });
      expect(record.backends[3]!.details).toMatchObject({ output: { layout: 'N C 1 A' } });
      for (const { name, decodeState, latency } of record.backends.slice(2, 4)) {
        expect(decodeState, name).toMatchObject({ healthy: true, state: 'decoded' });
        expect(latency.map(({ coreNumber, provenance }) => [coreNumber, provenance])).toEqual([
          [1, 'emulated'],
          [4, 'emulated'],
        ]);
        expect(
          record.warnings.some(
            (warning) => warning.startsWith(`${name}: `) && /stand-in|stands? in/.test(warning),
          ),
        ).toBe(true);
      }
    });

    test('a bench has each core number, emulated as it was, and the outputs that are scored', () => {
      const { status, stdout } = printed.get('mlu-parity bench')!;
      expect(status).toBe(0);
      const record = benchRecordSchema.parse(JSON.parse(stdout));
      expect(record).toMatchObject({ status: 'complete', failures: [] });
      expect(record.backends.map(({ name, latencyProvenance }) => [name, latencyProvenance])).toEqual([
        ['mlu-offline', 'emulated'],
      ]);
      const [{ latency }] = record.backends as [(typeof record.backends)[number]];
      expect(latency.map((point) => [point.coreNumber, point.batch, point.provenance])).toEqual([
        [1, 1, 'emulated'],
        [4, 1, 'emulated'],
      ]);
      for (const { host, device, output } of latency) {
        expect(host!.samples).toBeGreaterThanOrEqual(5);
        expect(device!.p50Ms).toBeLessThanOrEqual(host!.p50Ms);
        expect(output).toMatchObject({ mismatched: 0 });
        expect(output!.compared).toBeGreaterThan(0);
      }
    });

    test('tune raced one context and as many as fit, on outputs that agree, emulated as they were', () => {
      const { status, stdout } = printed.get('mlu-parity tune')!;
      const result = tuneResultSchema.parse(JSON.parse(stdout));
      expect(result).toMatchObject({
        ...{ objective: 'throughput', verdict: { exitCode: status } },
        source: { backend: 'mlu-offline', cores: 16, latencyProvenance: 'emulated', exact: false },
      });
      expect(result.points.map((point) => [point.coreNumber, point.batch, point.contexts])).toEqual([
        [1, 1, 1],
        [1, 1, 16],
        [4, 1, 1],
        [4, 1, 4],
      ]);
      expect(result.outputs.map(({ coreNumber, outcome }) => [coreNumber, outcome])).toEqual([
        [1, 'equal'],
        [4, 'equal'],
      ]);
      for (const { state, rounds, requests, imagesPerSecond } of result.points) {
        expect(['chosen', 'equivalent', 'contender', 'behind']).toContain(state);
        expect([rounds > 0, requests > 0, imagesPerSecond! > 0]).toEqual([true, true, true]);
      }
      // What is said of it stands beside the code that it ends with.
      expect(result.status).toBe(status === 0 ? 'chosen' : 'inconclusive');
    });

    test('a recording, replayed, gives the same figures as the run', async () => {
      const [parity, replayed] = await Promise.all(
        ['parity', 'replayed'].map((name) => readRecord(join(folder, name))),
      );
      for (const name of ['mlu-online', 'mlu-offline']) {
        const of = (record: typeof parity) => record!.backends.find((backend) => backend.name === name)!;
        expect(of(replayed).metrics).toEqual(of(parity).metrics);
        expect(of(replayed).latency).toHaveLength(1);
      }
    });
  },
);
