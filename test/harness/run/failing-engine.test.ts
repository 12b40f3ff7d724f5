import { join } from 'node:path';
import { beforeAll, expect, test, vi } from 'vitest';
import type * as Engines from '../../../harness/engines/index.ts';
import { BackendError } from '../../../harness/errors.ts';
import { makeCocoFolder } from '../../support/make-coco-folder.ts';
import { runConfig } from '../../support/run-config.ts';
import { suiteFolder } from '../../support/suite-folder.ts';

/** What the engines of these tests do wrong; everything else is real. */
const faults = vi.hoisted(() => ({ tfjsFailsAfter: Number.POSITIVE_INFINITY, timedInt8Fails: false }));

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
          let runs = 0;
          session.run = async (input) => {
            if (name === 'tfjs' && ++runs > faults.tfjsFailsAfter) throw new BackendError('out of memory');
            const timed = options.quantizedExecution !== undefined && !options.countSaturation;
            if (timed && faults.timedInt8Fails) throw new BackendError('device lost');
            return run(input);
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
};
const timing = { cores: [1], latencySamples: 5 };

beforeAll(async () => {
  await makeCocoFolder(coco, 4);
});

test('a noise floor that breaks off is said to have, and what it finished is kept', async () => {
  faults.tfjsFailsAfter = 2;
  const { record } = await runConfig({ ...common, latency: false, out: join(dir, 'floor') });
  faults.tfjsFailsAfter = Number.POSITIVE_INFINITY;
  expect(record.status).toBe('complete');
  expect(record.verdict.exitCode).toBe(0);
  expect(record.noiseFloor?.images).toBe(2);
  expect(record.noiseFloorNote).toMatch(/broken off after 2 images: .*out of memory/);
  expect(record.warnings.join()).toContain('broken off after 2 images');
});

test('a noise floor that fails at once leaves no floor but a note', async () => {
  faults.tfjsFailsAfter = 0;
  const { record } = await runConfig({ ...common, latency: false, out: join(dir, 'no-floor') });
  faults.tfjsFailsAfter = Number.POSITIVE_INFINITY;
  expect(record.noiseFloor).toBeNull();
  expect(record.noiseFloorNote).toMatch(/broken off after 0 images/);
});

test('a backend that fails while it is timed keeps its figures, and the others are timed', async () => {
  faults.timedInt8Fails = true;
  const { record } = await runConfig({ ...common, ...timing, noiseFloorImages: 0, out: join(dir, 'timed') });
  faults.timedInt8Fails = false;
  const [float, int8] = record.backends;
  expect(record.verdict.exitCode).toBe(5);
  expect(float!.latency).toHaveLength(1);
  expect(int8).toMatchObject({ images: 4, latency: [] });
  expect(int8!.failure).toMatch(
    /the backend int8 at core number 1, batch 1 failed while it was timed: device lost/,
  );
  expect(int8!.metrics).not.toBeNull();
});
