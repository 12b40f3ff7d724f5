import { gateSentence } from '../../reports/gate/gate-sentence.ts';
import type { GateCheck, GateRecord } from '../../reports/index.ts';

export const madeUpCheck = (more: Partial<GateCheck> = {}): GateCheck => ({
  ...{
    kind: 'accuracy',
    backend: 'int16',
    label: 'int16 (emulated)',
    metric: 'AP',
    point: '',
    unit: 'fraction',
  },
  ...{ budget: 0.005, verdict: 'regressed', baseline: 0.3231, actual: 0.3108, difference: -0.0123 },
  ...{ low: -0.015, high: -0.0098, images: 500, imagesNeeded: null, confirmation: 'none', reason: '' },
  ...more,
});

const SLOWER = madeUpCheck({
  ...{
    kind: 'latency',
    backend: 'mlu-offline',
    label: 'mlu-offline',
    metric: 'p50',
    unit: 'share',
    budget: 0.05,
  },
  ...{ point: '4 cores, batch 1, host time', verdict: 'cannot-tell', baseline: 6.52, actual: 6.87 },
  ...{ difference: 0.0537, low: 0.041, high: 0.066, images: null },
});

/** What a gate says of figures that nobody measured: one regressed, one that cannot be told, one equivalent. */
export function madeUpGate(more: Partial<GateRecord> = {}): GateRecord {
  const checks = more.checks ?? [
    madeUpCheck(),
    madeUpCheck({ metric: 'AR100', verdict: 'equivalent', difference: 0, low: 0, high: 0 }),
    SLOWER,
  ];
  const verdict = more.verdict ?? 'regressed';
  return {
    ...{ schema: 'mlu-parity/gate', version: 1, judgedAt: '2026-11-24T02:41:00.000Z', exitCode: 1, verdict },
    sentence: gateSentence({ verdict, checks, baseline: 'the baseline main', troubles: [] }),
    run: {
      ...{
        folder: '/srv/parity/nights/1',
        recordSha256: 'a'.repeat(64),
        startedAt: '2026-11-24T02:30:00.000Z',
      },
      ...{ finishedAt: '2026-11-24T02:40:00.000Z', commit: 'c'.repeat(40), images: 500 },
    },
    baseline: {
      ...{ name: 'main', run: 1, startedAt: '2026-11-01T02:30:00.000Z', setAt: '2026-11-01T09:00:00.000Z' },
      reason: 'the first night',
    },
    ...{ checks, notes: [] },
    ...more,
  };
}
