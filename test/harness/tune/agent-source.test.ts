import { describe, expect, test } from 'vitest';
import { agentBackend } from '../../../harness/backends/agent-backend.ts';
import type { SessionSpec } from '../../../harness/device/index.ts';
import { BackendError } from '../../../harness/errors.ts';
import type { CompiledModel } from '../../../harness/offline/compiled-model.ts';
import { silentProgress } from '../../../harness/terminal/progress.ts';
import { type AgentSourceOptions, agentSource } from '../../../harness/tune/agent-source.ts';
import { tune } from '../../../harness/tune/tune.ts';
import type { TuneSource } from '../../../harness/tune/tune-source.ts';
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
    models = [],
    ...settings
  }: Partial<AgentSourceOptions> & {
    name?: 'mlu-online' | 'mlu-offline';
    models?: readonly CompiledModel[];
  } = {},
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
      models,
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

  test('how many requests a visit affords is told by the last of its warm-up, which no compilation is in', async () => {
    const asked: number[] = [];
    const { source } = sourceOn(() => ({
      measure: (_, { requests, contexts }) => {
        asked.push(requests);
        // The first visit compiles for 9 s, and its warm-up is over after one more request.
        const row = asked.length === 1 ? [9000, 100] : new Array<number>(requests).fill(100);
        const hostMs = Array.from({ length: contexts }, () => row);
        return { hostMs, deviceMs: null, wallSeconds: 10, sameOutputs: true };
      },
    }));
    await (await source).measure(
      { coreNumber: 4, batch: 1, contexts: 4 },
      { requests: 100, seconds: 2, signal },
    );
    expect(asked).toEqual([3, 20]);
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

  test('no more sessions are open than 8, nor contexts than two for each core, those of the last use', async () => {
    const at = async (open: TuneSource, coreNumber: number, batch: number) =>
      open.measure({ coreNumber, batch, contexts: 1 }, { requests: 5, seconds: 1, signal });
    const byContexts = sourceOn(() => ({}), { cores: [1, 16], batches: [1, 2, 4] });
    const offline = await byContexts.source;
    for (const batch of [1, 2, 1, 4]) await at(offline, 1, batch);
    expect(byContexts.opened).toMatchObject({ specs: { length: 3 }, closed: 1 });
    // Batch 1 was used after batch 2, and is open yet; batch 2 is opened again, in the place of batch 1 then.
    await at(offline, 1, 1);
    expect(byContexts.opened).toMatchObject({ specs: { length: 3 }, closed: 1 });
    await at(offline, 1, 4);
    await at(offline, 1, 2);
    expect(byContexts.opened.specs.map((spec) => spec.batch)).toEqual([1, 2, 4, 2]);
    expect(byContexts.opened.closed).toBe(2);
    await offline.close();
    expect(byContexts.opened.closed).toBe(4);
    const batches = [1, 2, 4, 8, 16];
    const bySessions = sourceOn(() => ({}), { name: 'mlu-online', cores: [1, 16], batches });
    const online = await bySessions.source;
    for (const coreNumber of [1, 16]) for (const batch of batches) await at(online, coreNumber, batch);
    expect(bySessions.opened).toMatchObject({ specs: { length: 10 }, closed: 2 });
  });

  test('of given models those alone are raced that there are', async () => {
    const models = [
      { coreNumber: 1, batch: 1 },
      { coreNumber: 16, batch: 4 },
    ].map((model) => ({ ...model, path: 'm.cambricon', sha256: '0'.repeat(64) }));
    const { source } = sourceOn(() => ({}), { cores: [1, 16], batches: [1, 4], models });
    expect((await source).points).toEqual([
      { coreNumber: 1, batch: 1, contexts: 1 },
      { coreNumber: 1, batch: 1, contexts: 16 },
      { coreNumber: 16, batch: 4, contexts: 1 },
    ]);
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
    ).rejects.toThrow('from one request or context to another, 4 contexts at once');
    await expect(
      mixed.measure({ coreNumber: 16, batch: 1, contexts: 1 }, { requests: 5, seconds: 1, signal }),
    ).rejects.toThrow('the same input gave other outputs from one request to the next');
  });

  test('a card that opens at no core number is an error, and nothing stays open', async () => {
    const failing = sourceOn(() => {
      throw new BackendError('no card');
    });
    await expect(failing.source).rejects.toThrow('no card');
    // Each once, whatever its contexts.
    expect(failing.opened.specs.map((spec) => spec.coreNumber)).toEqual([1, 4, 16]);
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
