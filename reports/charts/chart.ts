import type { TopLevelSpec } from 'vega-lite';
import type { RunRecord } from '../record/index.ts';

/** A chart of the page: what it is called, and the spec with its data inside. */
export interface Chart {
  /** Anchor in the page. */
  readonly id: string;
  readonly title: string;
  readonly spec: TopLevelSpec;
}

/** Makes a chart from the record alone; null where the record has nothing to draw. */
export type ChartMaker = (record: RunRecord) => Chart | null;

export const VEGA_LITE_SCHEMA = 'https://vega.github.io/schema/vega-lite/v6.json';

/** What every chart shares: on the page's own ground, in its width. */
export const CHART_BASE = { $schema: VEGA_LITE_SCHEMA, background: 'transparent' } as const;

export const CHART_WIDTH = 640;

/** Legends below the drawing, where a narrow screen has room. */
export const LEGEND_BELOW = { orient: 'bottom', columns: 3, title: null } as const;
