import type { TuneResult } from '../record/index.ts';
import type { Chart } from './chart.ts';
import { paretoFrontChart } from './pareto-front.ts';
import { scalingFitChart } from './scaling-fit.ts';

/** @param index of the tuning in its record: a page may hold several, and anchors are single. */
export function tuningCharts(tuning: TuneResult, index: number): Chart[] {
  return [paretoFrontChart(tuning), scalingFitChart(tuning)]
    .filter((chart) => chart !== null)
    .map((chart) => ({ ...chart, id: `${chart.id}-${index}` }));
}
