import { describe, expect, test } from 'vitest';
import { charts, htmlReport, type RunRecord, reportTables, verdictSentence } from '../../reports/index.ts';
import { smallRecord } from './small-record.ts';

const made = smallRecord();

/** int8 failed after one of the two images: its figures, and those it is held against, are of that one. */
function halfWay(): RunRecord {
  const { record, float, int8 } = made();
  const metrics = { ...int8.metrics, AP: 0.45 };
  return {
    ...record,
    noiseFloor: null,
    backends: [
      { ...float, metrics: { ...float.metrics, AP: 0.3237 } },
      {
        ...int8,
        failure: 'the backend int8 failed on 2.png: NaN',
        images: 1,
        metrics,
        difference: {
          ...int8.difference!,
          images: 1,
          metrics: { ...int8.difference!.metrics, AP: -0.05 },
          reference: { ...int8.difference!.reference, AP: 0.5 },
        },
      },
    ],
  };
}

describe('a backend that failed half-way', () => {
  test('is held against the reference on the images both finished, and the sentence says how many', () => {
    const sentence = verdictSentence(halfWay());
    expect(sentence).toContain('int8 (emulated) (1 of 2 images) loses 0.0500');
    expect(sentence).toContain('(AP 0.5000 → 0.4500)');
    expect(sentence).not.toContain('0.3237');
  });

  test('the number of images stands in its row, its tile, its column of categories and its chart', async () => {
    const record = halfWay();
    const tables = reportTables(record);
    const accuracy = tables.find(({ id }) => id === 'accuracy')!;
    expect(accuracy.rows.map(([name]) => name)).toContain('int8 (emulated) (1 of 2 images)');
    expect(accuracy.rows[0]![0]).toBe('cpu-float');
    expect(tables.find(({ id }) => id === 'categories')!.header).toContain('int8 (emulated) (1 of 2 images)');
    const page = await htmlReport(record);
    expect(page).toContain('<span class="big">0.4500</span> AP (1 of 2 images)');
    expect(page).toContain('<span class="big">0.3237</span> AP<br>');
    const chart = JSON.stringify(charts(record).find(({ id }) => id === 'ap-by-backend')!.spec);
    expect(chart).toContain('"images":"1 of 2"');
  });

  test('one that finished is shown without a number of images', async () => {
    const { record } = made();
    const words = [verdictSentence(record), await htmlReport(record)].join();
    expect(words).not.toMatch(/\d+ of 2 images\)/);
  });
});
