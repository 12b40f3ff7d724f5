import { describe, expect, test } from 'vitest';
import { modelledCard } from '../../harness/latency/modelled-card.ts';
import { modelledPoints } from '../../harness/latency/modelled-points.ts';
import { buildYolox, officialVariant, randomWeights } from '../../reference/network/index.ts';
import {
  type BackendRecord,
  charts,
  drawChart,
  htmlReport,
  type LatencyPoint,
  type ReportTable,
  type RunRecord,
  reportTables,
} from '../../reports/index.ts';
import { smallRecord } from './small-record.ts';

const made = smallRecord();
const NOTE = '64 threads were asked for, the engine ran with 8';

/** The record with these points of its float backend. */
function withPoints(...changes: Partial<LatencyPoint>[]): RunRecord {
  const { record, float, int8 } = made();
  const point = float.latency[0]!;
  return {
    ...record,
    backends: [
      { ...float, latency: changes.map((change) => ({ ...point, ...change })) },
      { ...int8, latency: [] },
    ],
  };
}

const tableOf = (record: RunRecord) => reportTables(record).find(({ id }) => id === 'latency')!;
const chartOf = (record: RunRecord) => charts(record).find(({ id }) => id === 'latency-by-cores')!;

describe('latency as it is shown', () => {
  test('one thread is no plural, in row and sentence', () => {
    const { rows, conclusion } = tableOf(withPoints({}));
    expect(rows[0]![0]).toBe('cpu-float · 1 thread');
    expect(conclusion).toMatch(/^The lowest measured p50 is [\d.]+ ms: cpu-float with 1 thread\./);
  });

  test('fewer threads than asked for are named in the row, the conclusion, the chart and the page', async () => {
    const record = withPoints(
      { coreNumber: 8, askedCoreNumber: 8 },
      { coreNumber: 8, askedCoreNumber: 64, notes: [NOTE] },
    );
    const { rows, notes } = tableOf(record);
    expect(rows.map(([name]) => name)).toEqual([
      'cpu-float · 8 threads',
      'cpu-float · 8 threads, 64 asked for',
    ]);
    expect(notes).toEqual([`cpu-float · 8 threads, 64 asked for: ${NOTE}`]);
    const chart = JSON.stringify(chartOf(record).spec);
    // Two points, at places of their own.
    expect(chart).toContain('"sort":["8 threads","8 threads, 64 asked for"]');
    expect(chart).toContain(NOTE);
    expect(await htmlReport(record)).toContain(NOTE);
  });

  test('p95 stands between p90 and p99', () => {
    const { host } = made().float.latency[0]!;
    const { header, rows } = tableOf(withPoints({ host: { ...host!, p90Ms: 20, p95Ms: 30, p99Ms: 40 } }));
    const at = header.indexOf('p95');
    expect(header.slice(at - 1, at + 2)).toEqual(['p90', 'p95', 'p99']);
    expect(rows[0]!.slice(at - 1, at + 2)).toEqual(['20.0', '30.0', '40.0']);
  });

  test('the title of the chart says where the times come from', () => {
    expect(chartOf(withPoints({})).title).toContain('host time (measured)');
    expect(chartOf(withPoints({ provenance: 'replayed' })).title).toContain('host time (replayed)');
  });
});

describe('efficiency, floors and modelled points', () => {
  /** Host medians by core number and batch. */
  const measured = (...points: [cores: number, batch: number, p50Ms: number][]): RunRecord => {
    const host = made().float.latency[0]!.host!;
    return withPoints(
      ...points.map(([cores, batch, p50Ms]) => ({
        ...{ coreNumber: cores, askedCoreNumber: cores, batch },
        host: { ...host, p50Ms, p50IntervalMs: [p50Ms - 1, p50Ms + 2] as [number, number] },
      })),
    );
  };
  const withModel = (record: RunRecord): RunRecord => {
    const [float, int8] = record.backends as [BackendRecord, BackendRecord];
    const graph = buildYolox(officialVariant('nano'), randomWeights(officialVariant('nano'), 1));
    const options = { name: 'mlu-offline', card: 'mlu270', bits: 16, activations: 'float32' } as const;
    const card = modelledCard(graph, { height: 416, width: 416 }, options);
    const latency = modelledPoints(card, [1, 4], [1]);
    return { ...record, backends: [float, { ...int8, name: 'mlu-offline', precision: 'int16', latency }] };
  };
  const column = (table: ReportTable, name: string): string[] =>
    table.rows.map((row) => row[table.header.indexOf(name)]!);

  test('efficiency is t(1) / (c · t(c)) at the same batch; none where one core was not timed', () => {
    const table = tableOf(measured([1, 1, 10], [2, 1, 5], [4, 1, 5], [2, 4, 30]));
    expect(column(table, 'efficiency')).toEqual(['–', '100 %', '50 %', '–']);
    expect(table.rows[3]![0]).toBe('cpu-float · 2 threads · batch 4');
    expect(table.header).not.toContain('floor');
  });

  test('host and device time are rows of their own, each with its efficiency', () => {
    const host = made().float.latency[0]!.host!;
    const both = (cores: number, hostMs: number, deviceMs: number) => ({
      ...{ coreNumber: cores, askedCoreNumber: cores },
      host: { ...host, p50Ms: hostMs },
      device: { ...host, p50Ms: deviceMs },
    });
    const table = tableOf(withPoints(both(1, 12, 8), both(4, 8, 2)));
    expect(column(table, 'time')).toEqual(['host', 'device', 'host', 'device']);
    expect(column(table, 'efficiency')).toEqual(['–', '–', '37.5 %', '100 %']);
  });

  test('a modelled series is labelled, has cores and a floor, and is never the lowest beside a measured one', () => {
    const table = tableOf(withModel(measured([1, 1, 10])));
    expect(column(table, 'provenance')).toEqual(['measured', 'modelled', 'modelled']);
    expect(table.rows[2]![0]).toMatch(/^mlu-offline, int16 \(emulated\) · 4 cores$/);
    expect(Number(column(table, 'floor')[1])).toBeGreaterThan(0);
    expect(table.conclusion).toMatch(/^The lowest measured p50 is 10\.0 ms: cpu-float with 1 thread\./);
    expect(table.conclusion).toContain('A modelled time is computed from the peaks of the MLU270');
  });

  test('the chart has intervals of measured points, dashes at the floors, and a shape for each provenance', async () => {
    const chart = chartOf(withModel(measured([1, 1, 10], [2, 1, 6])));
    expect(chart.title).toContain('host time (measured) and the device time (modelled)');
    const { values } = chart.spec.data as { values: Record<string, unknown>[] };
    expect(values.map(({ low, high }) => [low, high])).toEqual([
      [9, 12],
      [5, 8],
      [values[2]!.p50, values[2]!.p50],
      [values[3]!.p50, values[3]!.p50],
    ]);
    // Threads and cores of the same number stand side by side, on an axis that has room for both.
    expect(values.map(({ cores }) => cores)).toEqual(['1', '2', '1', '4']);
    expect(JSON.stringify(chart.spec)).toContain('"scale":{"type":"log"}');
    expect(values.map(({ floor }) => floor === null)).toEqual([true, true, false, false]);
    const { svg } = await drawChart(chart);
    expect(svg).toContain('device time (modelled)');
    const dashes = svg.slice(svg.indexOf('mark-rect role-mark layer_2_marks')).split('</g>')[0]!;
    expect(dashes.match(/<path aria-label="[^"]*; floor: 0\./g)).toHaveLength(2);
    expect(JSON.stringify(chartOf(measured([1, 1, 10])).spec)).not.toContain('"tick"');
  });
});
