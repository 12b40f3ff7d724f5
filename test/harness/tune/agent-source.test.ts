import { describe, expect, test } from 'vitest';
import { agentBackend } from '../../../harness/backends/agent-backend.ts';
import type { SessionSpec } from '../../../harness/device/index.ts';
import { BackendError } from '../../../harness/errors.ts';
import { silentProgress } from '../../../harness/terminal/progress.ts';
import { type AgentSourceOptions, agentSource } from '../../../harness/tune/agent-source.ts';
import { tune } from '../../../harness/tune/tune.ts';
import { CARDS } from '../../../reference/device/index.ts';
import { type FakeSessionOptions, fakeSession } from '../device/fake-session.ts';

const SIZE = { height: 64, width: 96 };
const SETTINGS: AgentSourceOptions = {
  card: CARDS.mlu270,
  ...{ cores: [1, 4, 16], batches: [1], size: SIZE, seed: 0 },
};
const signal = new AbortController().signal;

interface Opened {
  readonly specs: SessionSpec[];
  closed: number;
}

function sourceOn(
  card: (spec: { coreNumber: number; batch: number }) => FakeSessionOptions,
  {
    name = 'mlu-offline' as const,
    ...settings
  }: Partial<AgentSourceOptions> & { name?: 'mlu-online' | 'mlu-offline' } = {},
) {
  const opened: Opened = { specs: [], closed: 0 };
  const factory = agentBackend({
    ...{
      name,
      size: SIZE,
      classes: 3,
      coreVersion: 'MLU270',
      checkpoint: 'q.pt',
      precision: 'int16',
      models: [],
    },
    agent: { command: 'none', signal },
    openSession: async (_, spec) => {
      opened.specs.push(spec);
      const { coreNumber, batch } = spec as { coreNumber: number; batch: number };
      const { description, ...fake } = card({ coreNumber, batch });
      return fakeSession({
        description: { coreNumber, ...description },
        onClose: () => opened.closed++,
        ...fake,
      });
    },
  });
  return { opened, source: agentSource(factory, { ...SETTINGS, ...settings }) };
}

describe('agentSource', () => {
  test('offline has one context and as many as the card has cores for; online one', async () => {
    const offline = await sourceOn(() => ({})).source;
    expect(offline.points).toEqual([
      { coreNumber: 1, batch: 1, contexts: 1 },
      { coreNumber: 1, batch: 1, contexts: 16 },
      { coreNumber: 4, batch: 1, contexts: 1 },
      { coreNumber: 4, batch: 1, contexts: 4 },
      { coreNumber: 16, batch: 1, contexts: 1 },
    ]);
    const online = await sourceOn(() => ({}), { name: 'mlu-online' }).source;
    expect(online.points.map(({ contexts }) => contexts)).toEqual([1, 1, 1]);
    expect(offline.describe()).toMatchObject({ cores: 16, latencyProvenance: 'measured', exact: false });
  });

  test('a visit is of all contexts together, its warm-up left out', async () => {
    const { source } = sourceOn(() => ({ hostMs: 10 }));
    const visit = await (await source).measure(
      { coreNumber: 4, batch: 1, contexts: 4 },
      { requests: 6, seconds: 5, signal },
    );
    expect(visit.milliseconds).toEqual(new Array(24).fill(10));
    expect(visit.imagesPerSecond).toBeCloseTo(400);
  });

  test('a session is opened once for a core number and batch, with the most contexts, and closed with the source', async () => {
    const { source, opened } = sourceOn(() => ({}));
    const open = await source;
    for (const point of open.points) await open.measure(point, { requests: 5, seconds: 1, signal });
    expect(opened.specs).toMatchObject([
      { coreNumber: 1, contexts: 16 },
      { coreNumber: 4, contexts: 4 },
      { coreNumber: 16, contexts: 1 },
    ]);
    await open.close();
    expect(opened.closed).toBe(3);
  });

  test('a core number that is not run, and contexts that change the outputs, are refused', async () => {
    const wrong = await sourceOn(({ coreNumber }) => ({
      description: { coreNumber: Math.min(coreNumber, 4) },
    })).source;
    const at = (coreNumber: number) =>
      wrong.measure({ coreNumber, batch: 1, contexts: 1 }, { requests: 5, seconds: 1, signal });
    await expect(at(16)).rejects.toThrow('16 cores were asked for, the device runs it on 4');
    await expect(at(4)).resolves.toBeDefined();
    const mixed = await sourceOn(() => ({
      measure: () => ({ hostMs: [[1]], deviceMs: null, wallSeconds: 1, sameOutputs: false }),
    })).source;
    await expect(
      mixed.measure({ coreNumber: 4, batch: 1, contexts: 4 }, { requests: 5, seconds: 1, signal }),
    ).rejects.toThrow('4 contexts at once gave other outputs');
  });

  test('a card that opens at no core number is an error, and nothing stays open', async () => {
    const failing = sourceOn(() => {
      throw new BackendError('no card');
    });
    await expect(failing.source).rejects.toThrow('no card');
    expect(failing.opened.closed).toBe(0);
  });

  test('tune chooses on it what is fastest', async () => {
    // On a clock that passes by what is measured.
    let now = 0;
    const { source } = sourceOn(({ coreNumber }) => ({
      measure: (_, { requests, contexts }) => {
        const hostMs = 16 / coreNumber + 1 + (now % 7) / 100;
        now += requests * hostMs;
        const rows = Array.from({ length: contexts }, () => new Array<number>(requests).fill(hostMs));
        return { hostMs: rows, deviceMs: null, wallSeconds: (requests * hostMs) / 1000, sameOutputs: true };
      },
    }));
    const result = await tune(await source, {
      ...{ objective: 'p50', p99LimitMs: null, margin: 0.01, seed: 0, maxSeconds: 5, signal },
      ...{ clock: { now: () => now }, progress: silentProgress, warnings: [] },
      network: { file: 'w.pth', sha256: '0'.repeat(64), ...SIZE },
    });
    expect(result.status).toBe('chosen');
    expect(result.points[result.comparedWith!]).toMatchObject({ coreNumber: 16, contexts: 1 });
  });
});
