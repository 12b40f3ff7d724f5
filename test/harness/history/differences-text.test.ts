import { describe, expect, test } from 'vitest';
import { differencesText, fixesText } from '../../../harness/history/differences-text.ts';
import { accuracyKey, keyDifferences, latencyKey } from '../../../harness/store/history/index.ts';
import type { BackendRecord, RunRecord } from '../../../reports/index.ts';
import { madeUpRecord } from '../../support/made-up-record.ts';

const [record, other] = [madeUpRecord({ night: 0 }), madeUpRecord({ night: 1 })];
const int16 = (of: RunRecord): BackendRecord => of.backends[1]!;

function between(options: object, backend: Partial<BackendRecord> = {}) {
  const changed = { ...other, options: { ...other.options, ...options } };
  return keyDifferences(
    accuracyKey(record, int16(record)),
    accuracyKey(changed, { ...int16(other), ...backend }),
  );
}

describe('by what two runs differ', () => {
  const quantization = int16(record).quantization!;
  test.each<[string, object, Partial<BackendRecord>, string, string]>([
    ['size', { size: [640, 640] }, {}, 'size 416 × 416 → 640 × 640', '--size 416'],
    ['a size that is no square', { size: [416, 640] }, {}, 'size 416 × 416 → 416 × 640', '--size 416'],
    ['letterbox', { legacy: true }, {}, 'preprocessing current → legacy', 'no --legacy'],
    [
      'calibration',
      {},
      { quantization: { ...quantization, source: { ...quantization.source, description: '9 others' } } },
      'scales from 8 images → 9 others',
      'the same --calibration',
    ],
    ['headroom', { quantization: { headroom: 1.2 } }, {}, 'headroom 1 → 1.2', '--headroom 1'],
    [
      'weight scales',
      {},
      { quantization: { ...quantization, weightScales: 'per-channel' } },
      'weight scales per-tensor → per-channel',
      'no --per-channel',
    ],
    [
      'an emulation',
      {},
      {
        emulation: {
          ...{ activations: 'float16', roundedAfter: 'every operator', functions: 'exact' },
          ...{ decode: 'fixed grids', outputLayout: 'rows' },
        },
      },
      'emulation none → float16, every operator, exact, fixed grids, rows',
      'the same device, or emulation of it',
    ],
  ])('%s, in words, with the option that makes them equal', (_, options, backend, words, fix) => {
    const differences = between(options, backend);
    expect(differencesText(differences)).toBe(words);
    expect(fixesText(differences)).toBe(fix);
  });

  test('a rectangle is given as height x width', () => {
    expect(fixesText([{ path: 'size', from: [416, 640], to: [640, 640] }])).toBe('--size 416x640');
  });

  test('no place of a key goes by its path', () => {
    const placesOf = (value: unknown, path: string): string[] =>
      value !== null && typeof value === 'object' && !Array.isArray(value)
        ? Object.entries(value).flatMap(([name, part]) =>
            placesOf(part, path === '' ? name : `${path}.${name}`),
          )
        : [path];
    const timed = latencyKey(record, int16(record), int16(record).latency[0]!, 'host');
    const environment = placesOf(record.environment, '');
    for (const path of [...placesOf(timed, ''), ...placesOf({ reference: timed.runs }, ''), ...environment]) {
      expect(differencesText([{ path, from: 1, to: 2 }])).not.toMatch(/\b[a-z]+[A-Z]|\w\.\w/);
    }
  });
});
