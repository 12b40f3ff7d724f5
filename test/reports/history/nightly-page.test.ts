import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { nightlyPage } from '../../../reports/history/nightly-page.ts';
import { changesTable, runsTable, standingTable } from '../../../reports/history/nightly-tables.ts';
import type { FigureTrend, NightlyRun, NightlyView } from '../../../reports/history/nightly-view.ts';
import { trendChart } from '../../../reports/history/trend-chart.ts';

const NIGHTS = 10;
const startedAt = (night: number): string => `2026-03-${String(night + 1).padStart(2, '0')}T02:00:00.000Z`;

function night(id: number, more: Partial<NightlyRun> = {}): NightlyRun {
  return {
    ...{ id, startedAt: startedAt(id), status: 'complete', exitCode: 0, sentence: 'Nothing is judged.' },
    ...{ commit: 'abcdef0123', baselines: [], ap: { int16: 0.32 }, differs: '', verdict: null },
    ...more,
  };
}

/** AP of int16, which lost 0.01 in night 5; of so many categories the same. */
function trend(more: Partial<FigureTrend> = {}): FigureTrend {
  const value = (at: number): number => (at < 5 ? 0.32 : 0.31);
  const from = { from: startedAt(0), to: startedAt(4), level: 0.32, nights: 5 };
  return {
    ...{ metric: 'AP', category: '', label: 'int16', unit: 'fraction', kind: 'accuracy', noise: 0.001 },
    differs: '',
    points: Array.from({ length: NIGHTS }, (_, at) => {
      return { run: at, startedAt: startedAt(at), value: value(at), interval: null, isSpike: false };
    }),
    levels: [from, { from: startedAt(5), to: startedAt(9), level: 0.31, nights: 5 }],
    changes: [
      {
        ...{ run: 5, runBefore: 4, startedAt: startedAt(5), before: 0.32, after: 0.31, size: -0.01 },
        ...{ interval: [-0.012, -0.008], isWorse: true, nightsAfter: 5, environment: '' },
      },
    ],
    ...more,
  };
}

const view = (more: Partial<NightlyView> = {}): NightlyView => {
  const runs = Array.from({ length: NIGHTS }, (_, id) => night(id));
  return { name: 'h.sqlite', gate: null, trends: [trend()], leftOut: {}, warnings: [], runs, ...more };
};

describe('the nightly page', () => {
  test('names are text, whatever stands in them', async () => {
    const label = '</script><b>int16</b>';
    const page = await nightlyPage(view({ name: '<i>h</i>', trends: [trend({ label })] }));
    expect(page).not.toContain('<b>int16');
    expect(page).not.toContain('<i>h');
    expect(page).toContain('&lt;b&gt;int16');
  });

  test('without a gate the latest run speaks, and without runs it says so', async () => {
    expect(await nightlyPage(view())).toMatch(
      /No gate has judged a run yet\. Run 9 of 2026-03-10 02:00: Nothing/,
    );
    expect(await nightlyPage(view({ runs: [], trends: [] }))).toContain('There are no runs yet.');
  });

  test('bands are of nights that have an interval; accuracy says why it has none', () => {
    const points = trend().points.map((point) => ({ ...point, interval: [0.3, 0.33] as const }));
    const title = (more: Partial<FigureTrend>): string => trendChart('AP', [trend(more)]).title;
    expect(title({})).toMatch(/no bands, since every night scores the same images$/);
    expect(title({ kind: 'drift', points })).toMatch(/bands the 95 % interval of each night$/);
    expect(title({ kind: 'latency' })).toMatch(/crosses spikes$/);
  });
});

describe('a chart of few nights, or of several series', () => {
  interface Layer {
    readonly mark: { readonly type: string };
    readonly data: { readonly values: readonly { readonly run: number; readonly series: number }[] };
    readonly encoding: { readonly x: { readonly scale: { readonly domain?: readonly number[] } } };
  }
  const layersOf = (...trends: FigureTrend[]): Layer[] =>
    (trendChart('AP', trends).spec as unknown as { layer: Layer[] }).layer;
  const dots = (layers: Layer[]): number[] =>
    layers.filter(({ mark }) => mark.type === 'point')[0]!.data.values.map(({ run }) => run);
  const nights = (...values: (number | null)[]): FigureTrend['points'] =>
    values.map((value, run) => ({ run, startedAt: startedAt(run), value, interval: null, isSpike: false }));
  const few = (...values: (number | null)[]): FigureTrend =>
    trend({ points: nights(...values), changes: [], levels: [] });

  test('a night without another beside it is a dot, as lines have no ends there', () => {
    expect(dots(layersOf(few(0.3)))).toEqual([0]);
    expect(dots(layersOf(few(0.3, null, 0.3, 0.3, null, 0.3)))).toEqual([0, 5]);
    expect(dots(layersOf(trend()))).toEqual([]);
    // A line between runs within an hour has no length.
    const again = { ...nights(0.3)[0]!, run: 9, startedAt: startedAt(0).replace('02:00', '02:59') };
    expect(dots(layersOf(trend({ points: [nights(0.3)[0]!, again], levels: [] })))).toEqual([0, 9]);
  });

  test('the axis of one night has days around it, and one of more fits them', () => {
    const [low, high] = layersOf(few(0.3))[0]!.encoding.x.scale.domain!;
    const night = Date.parse(startedAt(0));
    expect([night - low!, high! - night]).toEqual(Array(2).fill(5 * 24 * 60 * 60 * 1000));
    expect(layersOf(trend())[0]!.encoding.x.scale.domain).toBeUndefined();
  });

  test('one night is drawn inside the chart', async () => {
    const warned = vi.spyOn(console, 'warn');
    onTestFinished(() => warned.mockRestore());
    const page = await nightlyPage(view({ trends: [few(0.3)] }));
    expect(warned).not.toHaveBeenCalled();
    const [, svg] = /<section id="figure-AP">[\s\S]*?(<svg[\s\S]*?<\/svg>)/.exec(page)!;
    expect(svg).toMatch(/aria-roledescription="point"[^>]* d="M/);
    expect(svg).not.toMatch(/>\.\d+</);
  });

  test('an older series has a line of its own, dashed, under the colour of its backend, and a row that says what differs', () => {
    const older = { ...trend({ differs: 'weights bbbbbbbb → dddddddd' }) };
    const lines = layersOf(trend(), older).find(({ mark }) => mark.type === 'line')!;
    expect(new Set(lines.data.values.map(({ series }) => series)).size).toBe(2);
    expect(lines.encoding).toMatchObject({ detail: { field: 'series' }, strokeDash: { value: [1, 0] } });
    const chart = trendChart('AP', [trend(), older]);
    expect(chart.title).toContain('dashed lines older series');
    expect(chart.spec).toMatchObject({ encoding: { color: { scale: { domain: ['int16'] } } } });

    const table = standingTable('AP', [trend(), older], { series: 2, runs: 7 });
    expect(table.rows.map((row) => row.slice(0, 3))).toEqual([
      ['int16', 'the latest', '0.3100'],
      ['int16', 'older: weights bbbbbbbb → dddddddd', '0.3100'],
    ]);
    expect(table.conclusion).toMatch(
      /Dashed: 1 older line of other weights, options or data, which the latest cannot be compared with\. Not shown: 2 older series of 7 runs, see mlu-parity history trend AP\.$/,
    );
    expect(standingTable('AP', [trend()]).header).not.toContain('series');
    expect(changesTable(view({ trends: [trend(), older] })).rows.map(([figure]) => figure)).toEqual([
      'AP of int16',
      'AP of int16, older series: weights bbbbbbbb → dddddddd',
    ]);
  });
});

describe('its tables', () => {
  test('changes, the latest first, those beyond 200 counted', () => {
    const trends = Array.from({ length: 201 }, (_, i) => trend({ category: `c${i}` }));
    const later = { ...trend().changes[0]!, run: 7, startedAt: startedAt(7), size: 0.01, isWorse: false };
    const table = changesTable(view({ trends: [...trends, trend({ changes: [later] })] }));
    expect(table.rows).toHaveLength(200);
    expect(table.rows[0]).toEqual(
      expect.arrayContaining(['AP of int16', '7', '+0.0100 better', 'same commit, versions and machine']),
    );
    expect(table.rows[1]![0]).toBe('AP/c0 of int16');
    expect(table.conclusion).toBe('202 changes of level in 10 runs, 201 of them for the worse.');
    expect(table.notes).toEqual(['2 older ones are left out.']);
    expect(changesTable(view({ trends: [trend({ changes: [] })] })).conclusion).toMatch(/^No figure changed/);
  });

  test('runs, the latest first, those beyond 400 counted, and why a run has no AP', () => {
    const runs = Array.from({ length: 401 }, (_, id) => night(id));
    expect(runsTable(view({ runs })).conclusion).toBe('401 runs, of which the latest 400 are shown.');
    const table = runsTable(view({ runs: [night(0, { ap: {} }), night(1, { baselines: ['main'] })] }));
    expect(table.rows.map((row) => row.slice(-3))).toEqual([
      ['0.3200', 'abcdef01', 'main'],
      ['–', 'abcdef01', '–'],
    ]);
    expect(table.conclusion).toMatch(
      /^2 runs\. No AP stands beside runs that did not finish, of series that are not shown/,
    );
  });
});
