import { describe, expect, test } from 'vitest';
import { driftSteps } from '../../harness/run/drift-steps.ts';
import {
  type BackendRecord,
  charts,
  htmlReport,
  parseRunRecord,
  type RunRecord,
  reportTables,
} from '../../reports/index.ts';
import { smallRecord } from './small-record.ts';

const made = smallRecord();

/** A backend of the small record with another name and AP. */
function backend(name: string, precision: string, ap: number | null, change: Partial<BackendRecord> = {}) {
  const base: BackendRecord = name === 'cpu-float' ? made().float : made().int8;
  return { ...base, name, precision, metrics: { AP: ap, AP50: 0.5 }, ...change };
}

const port = (): BackendRecord[] => [
  backend('cpu-float', 'float32', 0.6),
  backend('int16', 'int16 exact', 0.59),
  backend('int8', 'int8 exact', 0.3),
  backend('mlu-online', 'int16 exact, float16', 0.595),
  backend('mlu-offline', 'int16 exact, float16', 0.57),
];

function withDrift(backends: BackendRecord[]): RunRecord {
  return parseRunRecord({ ...made().record, backends, drift: driftSteps(backends) });
}

describe('the steps of the drift', () => {
  test('go by the quantised backend with the bits of the card, and add up to the whole', () => {
    const steps = driftSteps(port());
    expect(steps.map(({ from, to, cause }) => [from, to, cause])).toEqual([
      ['cpu-float', 'int16', 'quantisation'],
      ['int16', 'mlu-online', 'the card, online'],
      ['mlu-online', 'mlu-offline', 'the offline model'],
    ]);
    const sum = steps.reduce((total, { metrics }) => total + metrics.AP!, 0);
    expect(sum).toBeCloseTo(0.57 - 0.6, 12);
  });

  test('end at a second core number, where one is scored', () => {
    const steps = driftSteps([...port(), backend('mlu-offline@16', 'int16 exact, float16', 0.568)]);
    expect(steps.map(({ from, to, cause }) => [from, to, cause]).slice(2)).toEqual([
      ['mlu-online', 'mlu-offline', 'the offline model'],
      ['mlu-offline', 'mlu-offline@16', 'another core number'],
    ]);
    expect(steps[3]!.metrics.AP).toBeCloseTo(-0.002, 12);
    const sum = steps.reduce((total, { metrics }) => total + metrics.AP!, 0);
    expect(sum).toBeCloseTo(0.568 - 0.6, 12);
  });

  test('are those of int8 where the card runs int8', () => {
    const backends = port().map((one) =>
      one.name.startsWith('mlu-') ? { ...one, precision: 'int8 exact, float32' } : one,
    );
    expect(driftSteps(backends)[0]!.to).toBe('int8');
  });

  test('lead through no backend of other integers than the card runs', () => {
    const [float, , int8, , offline] = port();
    expect(driftSteps([float!, int8!, offline!])).toEqual([]);
  });

  test('begin at cpu-float, or are not told', () => {
    const [float, int16, , online, offline] = port();
    const fromCard = [online!, int16!, offline!, float!].map((one, i) => ({ ...one, isReference: i === 0 }));
    expect(driftSteps(fromCard)).toEqual([]);
  });

  test('are left out where there is one step, where the reference has no figures, or where images are missing', () => {
    expect(driftSteps(port().slice(0, 3))).toEqual([]);
    const [float, ...rest] = port();
    expect(driftSteps([{ ...float!, metrics: null }, ...rest])).toEqual([]);
    const broken = port().map((one) => (one.name === 'mlu-online' ? { ...one, images: 1 } : one));
    expect(driftSteps(broken).map(({ from, to }) => [from, to])).toEqual([
      ['cpu-float', 'int16'],
      ['int16', 'mlu-offline'],
    ]);
  });
});

describe('the drift as it is shown', () => {
  const tableOf = (record: RunRecord) => reportTables(record).find(({ id }) => id === 'drift');
  const chartOf = (record: RunRecord) => charts(record).find(({ id }) => id === 'drift-waterfall');

  test('names each step with its change, and the whole', async () => {
    const record = withDrift(port());
    const table = tableOf(record)!;
    expect(table.conclusion).toBe(
      'From cpu-float to mlu-offline, int16 (emulated) AP goes 0.6000 → 0.5700 (−0.0300): −0.0100 by quantisation, ' +
        '+0.0050 by the card, online, −0.0250 by the offline model. Point estimates, without an interval.',
    );
    expect(table.rows.map((row) => row.slice(0, 2))).toEqual([
      ['quantisation: int16 (emulated)', '−0.0100'],
      ['the card, online: mlu-online, int16 (emulated)', '+0.0050'],
      ['the offline model: mlu-offline, int16 (emulated)', '−0.0250'],
    ]);
    expect(await htmlReport(record)).toContain('id="drift-waterfall"');
  });

  test('draws each bar from the end of the one before, and the whole from zero', () => {
    const { spec } = chartOf(withDrift(port()))!;
    const { values } = (spec as { data: { values: { step: string; start: number; end: number }[] } }).data;
    expect(values.map(({ step }) => step)).toEqual([
      'quantisation',
      'the card, online',
      'the offline model',
      'whole drift',
    ]);
    for (let i = 1; i < 3; i++) expect(values[i]!.start).toBe(values[i - 1]!.end);
    expect(values[3]!.start).toBe(0);
    expect(values[3]!.end).toBeCloseTo(-0.03, 12);
  });

  test('is not drawn without an AP, and the table says so', () => {
    const record = withDrift(port().map((one) => ({ ...one, metrics: { AP: null, AP50: null } })));
    expect(chartOf(record)).toBeUndefined();
    expect(tableOf(record)!.conclusion).toContain('no ground truth');
  });
});
