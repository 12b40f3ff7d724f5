import type { TopLevelSpec } from 'vega-lite';
import type { RunRecord } from '../record/index.ts';
import { backendLabel } from '../tables/report-table.ts';
import { byBackend, CHART_BASE, type Chart } from './chart.ts';

const SCORE = 'score, difference';
const CENTRE = 'centre, pixels';

/** How far the scores and the centres of the detections that both backends show have moved. */
export function shiftHistograms(record: RunRecord): Chart | null {
  const values = record.backends.flatMap((backend) => {
    const histograms = backend.detectionDifference?.histograms;
    if (!histograms) return [];
    return [
      ...bins(histograms.scoreDelta, SCORE, backendLabel(backend)),
      ...bins(histograms.centreShift, CENTRE, backendLabel(backend)),
    ];
  });
  if (values.length === 0) return null;
  const channels = byBackend(record, values);
  return {
    id: 'shifts',
    title: 'Shift of the detections both sides show',
    spec: {
      ...CHART_BASE,
      data: { values },
      hconcat: [histogramOf(SCORE, channels), histogramOf(CENTRE, channels)],
    },
  };
}

type PartSpec = Extract<TopLevelSpec, { hconcat: unknown }>['hconcat'][number];

function histogramOf(figure: string, { color, xOffset }: ReturnType<typeof byBackend>): PartSpec {
  return {
    transform: [{ filter: { field: 'figure', equal: figure } }],
    width: { step: 11, for: 'offset' },
    height: 170,
    mark: 'bar',
    encoding: {
      x: {
        field: 'bin',
        type: 'nominal',
        sort: { field: 'order', op: 'min' },
        title: figure,
        axis: { labelAngle: -60 },
      },
      xOffset,
      y: { field: 'share', type: 'quantitative', title: 'share of detections', axis: { format: '%' } },
      color,
      tooltip: [
        { field: 'backend', type: 'nominal' },
        { field: 'bin', type: 'nominal' },
        { field: 'count', type: 'quantitative' },
      ],
    },
  };
}

function bins({ edges, counts }: { edges: number[]; counts: number[] }, figure: string, backend: string) {
  const total = Math.max(
    1,
    counts.reduce((sum, count) => sum + count, 0),
  );
  return counts.map((count, i) => ({
    figure,
    backend,
    order: i,
    bin: `${signed(edges[i]!)} … ${signed(edges[i + 1]!)}`,
    count,
    share: count / total,
  }));
}

function signed(value: number): string {
  return String(value).replace('-', '−');
}
