import type { TopLevelSpec } from 'vega-lite';
import type { RunRecord } from '../record/index.ts';
import { backendLabel } from '../tables/report-table.ts';

/** A chart of the page: what it is called, and the spec with its data inside. */
export interface Chart {
  /** Anchor in the page. */
  readonly id: string;
  readonly title: string;
  readonly spec: TopLevelSpec;
}

/** Makes a chart from the record alone; null where the record has nothing to draw. */
export type ChartMaker = (record: RunRecord) => Chart | null;

const VEGA_LITE_SCHEMA = 'https://vega.github.io/schema/vega-lite/v6.json';

/** What every chart shares: on the page's own ground, in its width. */
export const CHART_BASE = { $schema: VEGA_LITE_SCHEMA, background: 'transparent' } as const;

export const CHART_WIDTH = 640;

/** Legends below the drawing, where a narrow screen has room. */
const LEGEND_BELOW = { orient: 'bottom', columns: 3, title: null, labelLimit: 300 } as const;

/**
 * Channels that every chart of backends shares; each mark's `backend` is a `backendLabel`. A backend has its colour in
 * every chart, and a place in the legend only where something of it is drawn.
 */
export function byBackend(record: RunRecord, drawn: readonly { readonly backend: string }[]) {
  const backends = record.backends.map(backendLabel);
  const shown = new Set(drawn.map(({ backend }) => backend));
  return {
    color: {
      field: 'backend',
      type: 'nominal' as const,
      sort: backends,
      scale: { domain: backends },
      legend: { ...LEGEND_BELOW, values: backends.filter((backend) => shown.has(backend)) },
    },
    /** Side by side, in the order of the record. */
    xOffset: { field: 'backend', sort: backends },
    /** A click in the legend leaves the others faint. */
    params: [
      {
        name: 'backendChoice',
        select: { type: 'point' as const, fields: ['backend'] },
        bind: 'legend' as const,
      },
    ],
    opacity: { condition: { param: 'backendChoice', value: 1 }, value: 0.15 },
  };
}
