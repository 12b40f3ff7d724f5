import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { readRecording } from '../../../harness/record/read-recording.ts';
import { compileCnrt, compiler } from '../../support/compile-cnrt.ts';
import { python } from '../../support/python.ts';
import { WITH_STAND_IN } from '../../support/run-agent.ts';
import { runConfig } from '../../support/run-config.ts';
import { spawnAgent } from '../../support/spawn-agent.ts';
import { suiteFolder } from '../../support/suite-folder.ts';
import { furnish, makePlan, SIZE, WEIGHTS } from './recording-folder.ts';

describe.skipIf(!python || !compiler)("a recording by the agent's own sessions, on stand-ins", () => {
  const dir = suiteFolder();
  const at = (name: string): string => join(dir, name);
  let plan: string;
  beforeAll(async () => {
    await furnish(dir, 2);
    plan = await makePlan(dir, 'plan', '--cores', '4,1', '--latency-requests', '5');
  });

  const environment = (more: Record<string, string> = {}) => ({
    ...{ ...WITH_STAND_IN, CNRT_LIBRARY: compileCnrt(), MLU_STAND_IN_PYTHON: python! },
    ...more,
  });

  test('signals end it though the card hangs; it goes on, and is replayed as what it is', async () => {
    const out = at('recording');
    const record = ['record', plan, '--out', out];
    const hanging = spawnAgent(record, environment({ MLU_STAND_IN_FAULT: 'cnrtInit:1:hang' }));
    while (!existsSync(join(out, 'mlu-offline/models/4.cambricon')) && hanging.child.exitCode === null)
      await wait(20);
    await wait(200);
    hanging.child.kill('SIGTERM');
    expect(await hanging.result).toMatchObject({ exitCode: 130 });

    const resumed = await spawnAgent([...record, '--json'], environment()).result;
    expect(resumed.exitCode, resumed.stderr).toBe(0);
    expect(resumed.stderr).not.toContain('mlu-online: image');
    expect(JSON.parse(resumed.stdout)).toMatchObject({ schema: 'mlu-parity/recording', version: 1 });
    const { latency } = await readRecording(out, 'mlu-offline');
    expect(latency.map(({ coreNumber, description }) => [coreNumber, description.precision])).toEqual([
      [4, 'int16'],
      [1, 'int16'],
    ]);

    const { record: run } = await runConfig({
      ...{ weights: WEIGHTS, size: SIZE, dataset: at('coco'), quantized: { all: at('quantized.pt') } },
      backends: ['int16', 'mlu-online', 'mlu-offline'],
      ...{ mluOnline: `bundle:${out}`, mluOffline: `bundle:${out}` },
      ...{ cores: [1], latencySamples: 5, out: at('run') },
    });
    expect(run).toMatchObject({ status: 'complete', verdict: { exitCode: 0 } });
    for (const backend of run.backends.slice(1)) {
      expect(backend).toMatchObject({
        ...{ outputProvenance: 'emulated', latencyProvenance: 'emulated', device: 'stand-in for MLU270' },
        engine: expect.stringMatching(/^stand-in for /),
        decodeState: { state: 'decoded', healthy: true, findings: [] },
      });
      expect(backend.latency.map(({ coreNumber, provenance }) => [coreNumber, provenance])).toEqual([
        [1, 'emulated'],
        [4, 'emulated'],
      ]);
      // The same integers as int16 here, but for the order of float32 sums.
      const sqnr = backend.tensorDifference!.decoded.find(({ group }) => group === 'all')!.metrics.sqnr!;
      expect(sqnr.min ?? Number.POSITIVE_INFINITY).toBeGreaterThan(60);
    }
  });
});
