import type { RunRecord } from '../record/index.ts';
import { apByBackend } from './ap-by-backend.ts';
import { categoryDifferences } from './category-differences.ts';
import type { Chart, ChartMaker } from './chart.ts';
import { driftWaterfall } from './drift-waterfall.ts';
import { latencyByCores } from './latency-by-cores.ts';
import { precisionRecall } from './precision-recall.ts';
import { saturationByLayer } from './saturation-by-layer.ts';
import { shiftHistograms } from './shift-histograms.ts';
import { tensorSqnr } from './tensor-sqnr.ts';

const MAKERS: readonly ChartMaker[] = [
  driftWaterfall,
  apByBackend,
  categoryDifferences,
  precisionRecall,
  shiftHistograms,
  tensorSqnr,
  saturationByLayer,
  latencyByCores,
];

/** Every chart that the record has figures for, in reading order. */
export function charts(record: RunRecord): Chart[] {
  return MAKERS.map((make) => make(record)).filter((chart) => chart !== null);
}
