import type { RunRecord } from '../record/index.ts';
import { accuracyTable } from './accuracy-table.ts';
import { categoryTable } from './category-table.ts';
import { decodeStateTable } from './decode-state-table.ts';
import { detectionTable } from './detection-table.ts';
import { driftTable } from './drift-table.ts';
import { latencyTable } from './latency-table.ts';
import type { ReportTable, TableMaker } from './report-table.ts';
import { saturationTable } from './saturation-table.ts';
import { tensorTable } from './tensor-table.ts';

const MAKERS: readonly TableMaker[] = [
  accuracyTable,
  driftTable,
  decodeStateTable,
  detectionTable,
  tensorTable,
  saturationTable,
  latencyTable,
  categoryTable,
];

/** Every table that the record has figures for, in reading order. */
export function reportTables(record: RunRecord): ReportTable[] {
  return MAKERS.map((make) => make(record)).filter((table) => table !== null);
}
