import { describe, expect, test } from 'vitest';
import { canonicalJson, keyDifferences, type SeriesKey } from '../../../../harness/store/history/index.ts';
import { accuracyKey, driftKey, latencyKey } from '../../../../harness/store/history/series-key.ts';
import type { BackendRecord, RunRecord } from '../../../../reports/index.ts';
import { smallRecord } from '../../../reports/small-record.ts';

const made = smallRecord();

/** The keys of int8 in a real run with something changed. */
function keysOf(options: object = {}, change: Partial<BackendRecord> = {}): SeriesKey[] {
  const { record, float, int8 } = made();
  const changed: RunRecord = { ...record, options: { ...record.options, ...options } };
  const backend = { ...int8, ...change };
  return [
    accuracyKey(changed, backend),
    driftKey(changed, backend, float),
    latencyKey(changed, backend, backend.latency[0]!, 'host'),
  ];
}

const pathsOf = (keys: readonly SeriesKey[], before = keysOf()): string[] => [
  ...new Set(keys.flatMap((key, i) => keyDifferences(before[i], key).map(({ path }) => path))),
];

/** Options that move figures; of the others what figures depend on stands in the key by what came of them, as a hash. */
const OF_FIGURES: Readonly<Record<string, [value: unknown, path: string]>> = {
  thresholds: [{ conf: 0.1, nms: 0.65 }, 'thresholds.conf'],
  size: [[96, 64], 'size'],
  legacy: [true, 'preprocessing'],
  quantization: [{ headroom: 1.5 }, 'runs.quantization.scales.headroom'],
};

describe('the key of a series', () => {
  test('holds no budget, number of replicates, or any other option that moves no figure', () => {
    const options = Object.keys(made().record.options);
    expect(options).toEqual(expect.arrayContaining(['budgets', 'replicates', ...Object.keys(OF_FIGURES)]));
    for (const option of options) {
      const [value, path] = OF_FIGURES[option] ?? [{ another: 'value' }];
      expect(pathsOf(keysOf({ [option]: value })), option).toEqual(path === undefined ? [] : [path]);
    }
  });

  test('holds the offline model that was scored, or timed, and not those of other core numbers', () => {
    const models = (four: string, sixteen: string) => ({
      ...{ coreNumber: 4, timedOn: 'the host of the card' },
      offlineModels: [
        { coreNumber: 4, batch: 1, file: '4.cambricon', sha256: four },
        { coreNumber: 16, batch: 1, file: '16.cambricon', sha256: sixteen },
      ],
      latency: [{ ...made().int8.latency[0]!, coreNumber: 16 }],
    });
    const before = keysOf({}, models('a', 'b'));
    expect(pathsOf(keysOf({}, models('c', 'b')).slice(0, 2), before)).toEqual(['runs.offlineModel']);
    expect(pathsOf(keysOf({}, models('a', 'c')).slice(0, 2), before)).toEqual([]);
    expect(canonicalJson(keysOf({}, models('c', 'b'))[2])).toBe(canonicalJson(before[2]));
    expect(canonicalJson(keysOf({}, models('a', 'c'))[2])).not.toBe(canonicalJson(before[2]));
  });

  test('holds the checkpoint that a recording was made from', () => {
    const recorded = (sha256: string) => ({ quantization: null, recordedFrom: { file: 'a.pt', sha256 } });
    expect(pathsOf(keysOf({}, recorded('a')), keysOf({}, recorded('b')))).toEqual([
      'runs.quantization.scales.sha256',
    ]);
  });
});
