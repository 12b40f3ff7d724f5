import { describe, expect, test } from 'vitest';
import { charts, htmlReport, type LatencyPoint, type RunRecord, reportTables } from '../../reports/index.ts';
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
    expect(conclusion).toMatch(/^The lowest p50 is [\d.]+ ms: cpu-float with 1 thread\./);
  });

  test('fewer threads than asked for are named in the row, the conclusion, the chart and the page', async () => {
    const record = withPoints(
      { coreNumber: 8, askedCoreNumber: 8 },
      { coreNumber: 8, askedCoreNumber: 64, notes: [NOTE] },
    );
    const { rows, conclusion } = tableOf(record);
    expect(rows.map(([name]) => name)).toEqual([
      'cpu-float · 8 threads',
      'cpu-float · 8 threads, 64 asked for',
    ]);
    expect(conclusion).toContain(`cpu-float · 8 threads, 64 asked for: ${NOTE}.`);
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
