import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { parseRunRecord, type RunRecord } from '../../reports/index.ts';

export function recordIn(folder: string): RunRecord {
  return parseRunRecord(JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')));
}

/** Every figure of a record that is of accuracy, with what it was taken from. */
export function accuracyOf({ backends, ...record }: RunRecord): unknown {
  const { dataset, weights, drift, gallery, noiseFloor, noiseFloorNote, status, stoppedBy } = record;
  return {
    ...{ dataset, weights, drift, gallery, noiseFloor, noiseFloorNote, status, stoppedBy },
    backends: backends.map(({ latency: _, ...backend }) => backend),
  };
}

/** Holds one run folder against another: every accuracy figure to the bit, and every file that is not of times. */
export function expectSameRun(folder: string, expected: string): void {
  expect(accuracyOf(recordIn(folder))).toEqual(accuracyOf(recordIn(expected)));
  const files = (of: string): string[] =>
    ['detections', 'gallery'].flatMap((sub) =>
      existsSync(join(of, sub)) ? readdirSync(join(of, sub)).map((file) => join(sub, file)) : [],
    );
  expect(files(folder)).toEqual(files(expected));
  for (const file of ['images.json', ...files(expected)]) {
    const same = readFileSync(join(folder, file)).equals(readFileSync(join(expected, file)));
    expect(same, `${file} of ${folder}`).toBe(true);
  }
}
