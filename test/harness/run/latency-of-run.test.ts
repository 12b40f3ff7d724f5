import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test, vi } from 'vitest';
import type * as Engines from '../../../harness/engines/index.ts';
import { parseRunRecord, type RunRecord } from '../../../reports/index.ts';
import { makeCocoFolder } from '../../support/make-coco-folder.ts';
import { runConfig } from '../../support/run-config.ts';
import { suiteFolder } from '../../support/suite-folder.ts';

/** Threads at which the timed int8 gives a wrong number; everything else is real. */
const faults = vi.hoisted(() => ({ spoilt: 0 }));

vi.mock('../../../harness/engines/index.ts', async (importOriginal) => {
  const real = await importOriginal<typeof Engines>();
  return {
    ...real,
    async openEngine(name: Engines.EngineName): Promise<Engines.Engine> {
      const engine = await real.openEngine(name);
      return {
        name,
        async open(graph, options) {
          const session = await engine.open(graph, options);
          const run = session.run.bind(session);
          session.run = async (input) => {
            const outputs = await run(input);
            const timed = options.quantizedExecution !== undefined && !options.countSaturation;
            if (timed && options.threads === faults.spoilt) outputs[0]!.data[5]! += 1;
            return outputs;
          };
          return session;
        },
      };
    },
  };
});

const dir = suiteFolder();
const coco = join(dir, 'coco');
const common = {
  weights: 'random:yolox-nano?seed=1',
  dataset: coco,
  calibration: coco,
  backends: ['cpu-float', 'int8'] as ('cpu-float' | 'int8')[],
  size: 64,
  cores: [2, 1],
  batch: [1, 3],
  latencySamples: 5,
  noiseFloorImages: 0,
};

let record: RunRecord;

beforeAll(async () => {
  await makeCocoFolder(coco, 3);
  ({ record } = await runConfig({ ...common, out: join(dir, 'whole') }));
});

test('a run times every core number and batch, in order, and what it timed is what it scored', () => {
  expect(parseRunRecord(JSON.parse(JSON.stringify(record)))).toEqual(record);
  expect(record.warnings).toEqual([]);
  for (const { latency } of record.backends) {
    expect(latency.map(({ batch, coreNumber }) => [batch, coreNumber])).toEqual([
      [1, 1],
      [1, 2],
      [3, 1],
      [3, 2],
    ]);
    for (const { batch, output, host } of latency) {
      expect(output).toMatchObject({ compared: batch * 7, mismatched: 0 });
      expect(host!.imagesPerSecond).toBeCloseTo((1000 * batch) / host!.meanMs, 6);
    }
  }
});

test('timed outputs that are not the scored ones: exit 5, and a warning with backend and core number', async () => {
  faults.spoilt = 2;
  const spoilt = await runConfig({ ...common, backends: ['int8'], batch: [3], out: join(dir, 'spoilt') });
  faults.spoilt = 0;
  expect(spoilt.record.warnings).toEqual([
    expect.stringMatching(/^int8 at core number 2, batch 3: 7 of 21 timed outputs differ .* by up to 1\.00 /),
  ]);
  expect(spoilt.record).toMatchObject({ status: 'complete', stoppedBy: null, verdict: { exitCode: 5 } });
  expect(spoilt.record.verdict.sentence).toMatch(
    /^int8 \(emulated\): what was timed is not what was scored; see the warnings\. /,
  );
  expect(spoilt.record.backends[0]).toMatchObject({ failure: null, images: 3 });
});

test('beside a card the CPU is timed with the cores that it has, and the card modelled at all that were asked for', async () => {
  const all = availableParallelism();
  const beyond = 64;
  const { record } = await runConfig({
    ...common,
    ...{ backends: ['cpu-float', 'mlu-offline'], card: 'mlu290', cores: [1, beyond], batch: [1] },
    out: join(dir, 'beside-a-card'),
  });
  expect(record.verdict.exitCode).toBe(0);
  const cores = record.backends.map(({ latency }) => latency.map(({ coreNumber }) => coreNumber));
  expect(cores).toEqual([all < beyond ? [1] : [1, beyond], [1, beyond]]);
  // With no more threads than that images are scored, too.
  expect(record.backends.map(({ coreNumber }) => coreNumber)).toEqual(
    all < beyond ? [1, 1] : [beyond, beyond],
  );
  if (all < beyond)
    expect(record.warnings).toEqual([expect.stringMatching(/^--cores 64: only the card has /)]);
});

test('without a card all is timed that was asked for, with a note, and images are scored with the cores that there are', async () => {
  const all = availableParallelism();
  const { record } = await runConfig({
    ...common,
    ...{ backends: ['int8'], cores: [all + 1], batch: [1] },
    out: join(dir, 'too-many-threads'),
  });
  const [int8] = record.backends;
  expect(int8!.coreNumber).toBe(all);
  expect(int8!.latency.map(({ coreNumber }) => coreNumber)).toEqual([all + 1]);
  expect(int8!.latency[0]!.notes.join()).toContain(`${all + 1} threads share the ${all} cores`);
  expect(record.warnings).toEqual([]);
});

test('a record from before there were drift steps and tunings, and points had turns and outputs, is read', () => {
  const { drift: _, tunings: __, ...old } = JSON.parse(JSON.stringify(record));
  for (const { latency } of old.backends) {
    for (const point of latency) {
      for (const key of ['turns', 'timerResolutionMs', 'output', 'floorMs', 'modelled']) delete point[key];
      for (const key of ['samplesMs', 'outliers', 'secondHalf', 'effectiveSamples']) delete point.host[key];
    }
  }
  expect(parseRunRecord(old)).toMatchObject({ drift: [], tunings: [] });
  expect(parseRunRecord(old).backends[0]!.latency[0]).toMatchObject({
    turns: 1,
    output: null,
    host: { samplesMs: [] },
  });
});
