import { describe, expect, test } from 'vitest';
import { type AgentBackendOptions, agentBackend } from '../../../harness/backends/agent-backend.ts';
import type { SessionSpec } from '../../../harness/device/index.ts';
import { float32Tensor } from '../../../reference/tensor.ts';
import { fakeSession } from '../device/fake-session.ts';

const OPTIONS: AgentBackendOptions = {
  name: 'mlu-offline',
  agent: { command: 'none', signal: new AbortController().signal },
  size: { height: 64, width: 96 },
  classes: 3,
  coreVersion: 'MLU270',
  checkpoint: 'q.pt',
  precision: 'int16',
  models: [],
};
const MODELS = [
  { path: 'models/four.cambricon', sha256: '4'.repeat(64), coreNumber: 4, batch: 1 },
  { path: 'sixteen.cambricon', sha256: '6'.repeat(64), coreNumber: 16, batch: 1 },
];
const INPUT = float32Tensor(new Float32Array(3 * 64 * 96), [1, 3, 64, 96], 'NCHW');

async function specFor(options: Partial<AgentBackendOptions>, coreNumber: number, batch?: number) {
  const asked: SessionSpec[] = [];
  const backend = agentBackend({
    ...OPTIONS,
    ...options,
    openSession: async (_, spec) => {
      asked.push(spec);
      return fakeSession();
    },
  });
  await backend.open({ coreNumber, purpose: 'accuracy', ...(batch === undefined ? {} : { batch }) });
  return asked[0];
}

describe('agentBackend', () => {
  test('online runs the checkpoint', async () => {
    expect(await specFor({ name: 'mlu-online' }, 8)).toEqual({
      kind: 'online',
      checkpoint: 'q.pt',
      ...{ size: OPTIONS.size, batch: 1, coreNumber: 8, coreVersion: 'MLU270' },
    });
  });

  test('offline has a model made of the checkpoint, for the batch that is coming', async () => {
    expect(await specFor({}, 4, 2)).toMatchObject({
      ...{ kind: 'offline', batch: 2, coreNumber: 4, contexts: 1, classes: 3 },
      model: { exportFrom: 'q.pt' },
    });
  });

  test('offline takes of given models the one for the core number and batch', async () => {
    expect(await specFor({ models: MODELS }, 16)).toMatchObject({ model: 'sixteen.cambricon' });
    await expect(specFor({ models: MODELS }, 8)).rejects.toThrow(
      'there is no offline model for core number 8 and batch 1, only models/four.cambricon (core number 4, batch 1), sixteen.cambricon (core number 16, batch 1)',
    );
    await expect(specFor({ models: MODELS }, 4, 2)).rejects.toThrow('core number 4 and batch 2');
  });

  test('it runs what given models are compiled for, or anything', () => {
    expect(agentBackend({ ...OPTIONS, models: MODELS }).compiledFor).toMatchObject([
      { coreNumber: 4, batch: 1 },
      { coreNumber: 16, batch: 1 },
    ]);
    expect(agentBackend(OPTIONS).compiledFor).toBeUndefined();
  });

  test('its description has what the device says of itself, and the hashes of given models', async () => {
    const openSession = async () => fakeSession({ description: { details: { library: 'libcnrt.so' } } });
    const describeWith = async (models: AgentBackendOptions['models']) => {
      const backend = agentBackend({ ...OPTIONS, models, openSession });
      return (await backend.open({ coreNumber: 4, purpose: 'accuracy' })).describe();
    };
    expect(await describeWith(MODELS)).toMatchObject({
      details: { library: 'libcnrt.so' },
      offlineModels: [
        { coreNumber: 4, batch: 1, file: 'four.cambricon', sha256: '4'.repeat(64) },
        { coreNumber: 16, batch: 1, file: 'sixteen.cambricon', sha256: '6'.repeat(64) },
      ],
    });
    expect(await describeWith([])).not.toHaveProperty('offlineModels');
  });

  test("a card's figures are measured, a stand-in's emulated and named as such", async () => {
    const describeWith = async (standIn: string | null) => {
      const openSession = async () => fakeSession({ description: { standIn } });
      const backend = await agentBackend({ ...OPTIONS, openSession }).open({
        coreNumber: 4,
        purpose: 'accuracy',
      });
      return backend.describe();
    };
    expect(await describeWith(null)).toMatchObject({
      ...{ name: 'mlu-offline', device: 'MLU270', precision: 'int16', coreNumber: 4, decoded: true },
      ...{ outputProvenance: 'measured', latencyProvenance: 'measured' },
      timedOn: "the agent's machine, without the way to it",
    });
    expect(await describeWith('made up')).toMatchObject({
      ...{ device: 'stand-in for MLU270', engine: 'stand-in for CNRT 4.10' },
      ...{ outputProvenance: 'emulated', latencyProvenance: 'emulated' },
    });
  });

  test("outputs and times are the session's, and so are restarts", async () => {
    const openSession = async () =>
      fakeSession({ restarts: ['it was started again'], hostMs: 7, deviceMs: 3 });
    const backend = agentBackend({ ...OPTIONS, openSession });
    const session = await backend.open({ coreNumber: 4, purpose: 'latency' });
    const { output, ...times } = await session.infer(INPUT);
    expect(output.shape).toEqual([1, 126, 8]);
    expect(times).toEqual({ hostMilliseconds: 7, deviceMilliseconds: 3 });
    expect(session.saturation()).toEqual([]);
    expect(backend.incidents!()).toEqual(['mlu-offline: it was started again']);
  });

  test('a stand-in says so once, whatever the number of sessions', async () => {
    const openSession = async () => fakeSession({ description: { standIn: 'made up' } });
    const backend = agentBackend({ ...OPTIONS, openSession });
    for (const coreNumber of [1, 4]) await backend.open({ coreNumber, purpose: 'latency' });
    expect(backend.incidents!()).toEqual(['mlu-offline: made up']);
  });

  test('what was odd while sessions were opened is told once, before restarts', async () => {
    const openSession = async (_: unknown, spec: SessionSpec) =>
      fakeSession({
        description: { warnings: ['no twins file was written', `core number ${spec.coreNumber} is odd`] },
        restarts: ['it was started again'],
      });
    const backend = agentBackend({ ...OPTIONS, openSession });
    for (const coreNumber of [1, 4]) await backend.open({ coreNumber, purpose: 'latency' });
    expect(backend.incidents!()).toEqual([
      'mlu-offline: no twins file was written',
      'mlu-offline: core number 1 is odd',
      'mlu-offline: core number 4 is odd',
      'mlu-offline: it was started again',
      'mlu-offline: it was started again',
    ]);
  });

  test('an offline model made of a checkpoint has its precision, another what it says', async () => {
    const precisionWith = async (options: Partial<AgentBackendOptions>) => {
      const openSession = async () => fakeSession({ description: { precision: 'as exported' } });
      const backend = await agentBackend({ ...OPTIONS, openSession, ...options }).open({
        coreNumber: 4,
        purpose: 'accuracy',
      });
      return backend.describe().precision;
    };
    expect(await precisionWith({})).toBe('int16');
    expect(await precisionWith({ models: MODELS })).toBe('as exported');
    expect(await precisionWith({ checkpoint: null, precision: null })).toBe('as exported');
  });
});
