import { describe, expect, test } from 'vitest';
import { buildDrift } from '../support/build-drift.ts';
import {
  type BackendRecord,
  charts,
  htmlReport,
  parseRunRecord,
  type RunRecord,
  reportTables,
  textSummary,
} from '../../reports/index.ts';
import { estimateOf, withStatistics } from '../support/with-statistics.ts';
import { smallRecord } from './small-record.ts';

const made = smallRecord();

function shown(): RunRecord {
  const { record, float, int8 } = made();
  const [first, second] = int8.difference!.categories.filter(({ ap }) => ap !== null);
  const category = (categoryId: number, low: number, high: number, adjustedP: number) => ({
    categoryId,
    ap: estimateOf((low + high) / 2, [low, high]),
    p: adjustedP / 2,
    adjustedP,
    withinTies: false,
  });
  const changed = withStatistics(int8, {
    ...{ from: 0.3, to: 0.25, ends: [-0.08, -0.02] as const },
    change: {
      metrics: { AP: estimateOf(-0.05, [-0.08, -0.02]), AP50: estimateOf(-0.01, [-0.03, 0.01]) },
      withinTies: { AP: false, AP50: true },
      p: { AP: 0.0005, AP50: 0.3 },
      tieBands: { reference: { AP: { low: 0.3, high: 0.3 } }, own: { AP: { low: 0.249, high: 0.252 } } },
      categories: [
        category(first!.categoryId, -0.3, -0.1, 0.004),
        category(second!.categoryId, -0.1, 0.2, 0.5),
      ],
    },
  });
  changed.difference = {
    ...changed.difference!,
    metrics: { ...changed.difference!.metrics, AP50: -0.01 },
    categories: int8.difference!.categories.map((entry) => ({
      ...entry,
      ap: entry.categoryId === first!.categoryId ? -0.2 : entry.ap,
    })),
  };
  return { ...record, backends: [float, changed] };
}

describe('the tables show how sure a difference is', () => {
  const tableOf = (id: string) => reportTables(shown()).find((table) => table.id === id)!;

  test('figures: the ends of the interval below the difference, and what the ties can make', () => {
    const { rows, header, conclusion, notes } = tableOf('accuracy');
    expect(rows.map(([name]) => name)).toEqual([
      'cpu-float',
      'int8 (emulated)',
      '  difference',
      '  95 % low',
      '  95 % high',
      '  p, permuted',
    ]);
    const ap = header.indexOf('AP');
    expect(rows.slice(2).map((row) => row[ap])).toEqual(['−0.0500', '−0.0800', '−0.0200', '< 0.001']);
    expect(conclusion).toContain('More than chance: AP of int8 (emulated).');
    expect(notes).toEqual([
      "int8 (emulated): tie band of AP 0.2490 … 0.2520, of the reference's 0.3000: the order of equal scores moves it as far",
      'int8 (emulated): no difference in AP50, which the order of detections with equal scores alone can move as far',
    ]);
  });

  test('categories: interval and adjusted p, and how many are told from 0', () => {
    const { header, rows, conclusion } = tableOf('categories');
    expect(header.slice(3)).toEqual([
      'int8 (emulated)',
      '95 % interval, int8 (emulated)',
      'adjusted p, int8 (emulated)',
    ]);
    expect(rows.map((row) => row.slice(4))).toContainEqual(['−0.3000 … −0.1000', '0.004']);
    expect(conclusion).toContain('(adjusted p at most 0.05): 1 of 2 by int8 (emulated).');
  });
});

describe('backends that agree', () => {
  const alike = (): RunRecord => {
    const record = shown();
    const [float, int8] = record.backends as [BackendRecord, BackendRecord];
    const equal = { low: 0, high: 0, difference: 0, standardError: 0, images: 50 };
    const unchanged = withStatistics(
      { ...int8, name: 'mlu-offline' },
      { from: 0.3, to: 0.3, ends: [0, 0], change: { metrics: { AP: equal }, p: { AP: 1 }, categories: [] } },
    );
    return { ...record, backends: [float, int8, { ...int8, name: 'mlu-online' }, unchanged] };
  };
  const table = (id: string, record = alike()) => reportTables(record).find((one) => one.id === id)!;

  test('each have their figures, and share one block of differences and intervals', () => {
    const { rows, conclusion, notes } = table('accuracy');
    expect(rows.map(([name]) => name)).toEqual([
      ...['cpu-float', 'int8 (emulated)', '  and mlu-online, int8 (emulated)'],
      ...['  difference', '  95 % low', '  95 % high', '  p, permuted'],
      // From 0 to 0 in every figure: the difference says that already.
      ...['mlu-offline, int8 (emulated)', '  difference'],
    ]);
    expect(rows[1]!.slice(1)).toEqual(rows[2]!.slice(1));
    expect(conclusion).toContain(
      'More than chance: AP of int8 · mlu-online, int8 (both emulated); none of mlu-offline, int8 (emulated).',
    );
    expect(notes![0]).toMatch(/^int8 · mlu-online, int8 \(both emulated\): tie band of AP/);
    expect(table('categories').conclusion).toContain(
      '(adjusted p at most 0.05): 1 of 2 by int8 · mlu-online, int8 (both emulated); none by mlu-offline, int8 (emulated).',
    );
  });

  test('share the rows of the worst categories, too', () => {
    const drawn: string[] = [];
    textSummary(alike(), ({ id, rows }) => {
      if (id === 'worst-categories') drawn.push(...rows.map((row) => row[2]!));
      return '';
    });
    expect(drawn[0]).toBe('int8 · mlu-online, int8 (both emulated)');
  });

  test('and nothing that is more than chance takes one short sentence', () => {
    const { backends, ...record } = alike();
    const none = { ...record, backends: [backends[0]!, backends[3]!] };
    expect(table('accuracy', none).conclusion).toMatch(/ No difference is more than chance\.$/);
    expect(table('categories', none).conclusion).toMatch(
      / No category has changed by more than chance \(adjusted p at most 0\.05\)\.$/,
    );
  });

  test('of a measured and an emulated one each keeps its provenance', () => {
    const { backends, ...record } = alike();
    const measured = { ...backends[2]!, outputProvenance: 'measured' as const };
    const { conclusion } = table('accuracy', { ...record, backends: [backends[0]!, backends[1]!, measured] });
    expect(conclusion).toContain('More than chance: AP of int8 (emulated) · mlu-online, int8.');
  });
});

test('the terminal has the losses of categories, worst first, with interval and adjusted p', () => {
  const drawn: string[][] = [];
  const text = textSummary(shown(), ({ id, rows }) => {
    if (id === 'worst-categories') drawn.push(...rows.map((row) => [...row]));
    return `<${id}>`;
  });
  expect(text).toContain('<worst-categories>');
  expect(drawn).toHaveLength(1);
  expect(drawn[0]!.slice(2)).toEqual(['int8 (emulated)', '−0.2000', '−0.3000 … −0.1000', '0.004']);
  const without = textSummary(made().record, ({ id }) => `<${id}>`);
  expect(without).not.toContain('<worst-categories>');
});

test('the chart of the categories has whiskers where there is an interval', () => {
  const chart = charts(shown()).find(({ id }) => id === 'category-differences');
  const { values } = (chart!.spec as { data: { values: { low: number | null; p: string }[] } }).data;
  expect(values.filter(({ low }) => low !== null).map(({ p }) => p)).toContain('0.004');
});

describe('the drift with intervals', () => {
  const steps = [
    { ap: -0.01, ends: [-0.02, -0.005] },
    { ap: -0.001, ends: [-0.004, 0.002] },
  ] as const;

  test('names the step that is over its share of the budget', async () => {
    const record = buildDrift(made(), steps, 0.006);
    const table = reportTables(record).find(({ id }) => id === 'drift')!;
    expect(table.conclusion).toContain('−0.0100 (−0.0200 … −0.0050) by quantisation');
    expect(table.conclusion).toContain('More than its share of the budget, 0.0030 of 0.006: quantisation.');
    expect(table.conclusion).not.toContain(': the card, online.');
    expect(table.rows.map(([name]) => name)).toContain('  95 % low');
    const relaxed = reportTables(buildDrift(made(), steps, 0.1)).find(({ id }) => id === 'drift')!;
    expect(relaxed.conclusion).toContain('No step is shown to take more than its share of the budget');
  });

  test('names the step that most of the loss is by, where there is no budget', () => {
    const table = reportTables(buildDrift(made(), steps)).find(({ id }) => id === 'drift')!;
    expect(table.conclusion).toContain('Most of the loss, 90.91 %, is by quantisation.');
  });

  test('says what is known of the step to other core numbers, of a card alone', () => {
    const record = buildDrift(made(), steps);
    const [point] = made().int8.latency;
    const at = (coreNumber: number, bitEqual: number, maxAbs: number | null = 0) => ({
      ...{ ...point!, coreNumber, output: { compared: 6, bitEqual, mismatched: 0, maxAbs } },
    });
    const notesOf = (latency: ReturnType<typeof at>[], timedOn?: string) => {
      const [float, int16, online] = record.backends as [BackendRecord, BackendRecord, BackendRecord];
      const card = { ...online, coreNumber: 4, latency, ...(timedOn !== undefined && { timedOn }) };
      return reportTables({ ...record, backends: [float, int16, card] }).find(({ id }) => id === 'drift')!
        .notes;
    };
    const host = 'the host of the card';
    expect(notesOf([at(4, 6), at(16, 6), at(1, 6)], host)).toEqual([
      'mlu-online, int16 (emulated) at core numbers 1, 16: 12 outputs held against those scored at 4, all equal to the bit',
    ]);
    expect(notesOf([at(1, 6), at(16, 2, 0.25)], host)![0]).toMatch(
      /, 4 of them off by up to 0\.2500; --score-core says what that costs in AP$/,
    );
    expect(notesOf([at(1, 6), at(16, 2, null)], host)![0]).toMatch(
      /, 4 of them off by NaN or infinity; --score-core/,
    );
    expect(notesOf([at(4, 6)], host)).toEqual([]);
    expect(notesOf([at(1, 6)])).toEqual([]);
  });

  test('is drawn with whiskers around where each bar ends', () => {
    const chart = charts(buildDrift(made(), steps)).find(({ id }) => id === 'drift-waterfall')!;
    type Bar = { start: number; low: number; high: number };
    const { values } = (chart.spec as { data: { values: Bar[] } }).data;
    expect(values[0]).toMatchObject({ start: 0, low: -0.02, high: -0.005 });
    expect(values[1]!.low).toBeCloseTo(-0.01 - 0.004, 12);
    expect(values[1]!.high).toBeCloseTo(-0.01 + 0.002, 12);
  });
});

test('a record from before there were statistics parses, and its page and tables are drawn', async () => {
  const old = JSON.parse(JSON.stringify(shown()));
  for (const backend of old.backends) {
    delete backend.judgements;
    if (backend.difference) delete backend.difference.statistics;
  }
  const record = parseRunRecord(old);
  expect(record.backends[1]!.judgements).toEqual([]);
  expect(record.backends[1]!.difference!.statistics).toBeNull();
  const page = await htmlReport(record);
  expect(page.includes('id="categories"')).toBe(true);
  expect(reportTables(record).find(({ id }) => id === 'accuracy')!.rows).toHaveLength(3);
  expect(reportTables(record).find(({ id }) => id === 'categories')!.header).toHaveLength(4);
});
