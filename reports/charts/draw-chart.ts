import { type Config, parse, type Spec, View } from 'vega';
import { compile } from 'vega-lite';
import type { Chart } from './chart.ts';

/** A chart as the page holds it: a still drawing, and the vega spec that makes it live. */
export interface DrawnChart {
  readonly id: string;
  readonly title: string;
  readonly svg: string;
  readonly spec: Spec;
}

/**
 * Colours come from the page, so that one drawing serves light and dark: text and lines take `currentColor`, the
 * backends take colours that stand out on both.
 */
const CONFIG = {
  axis: {
    labelColor: 'currentColor',
    titleColor: 'currentColor',
    domainColor: 'currentColor',
    tickColor: 'currentColor',
    gridColor: 'currentColor',
    gridOpacity: 0.15,
  },
  legend: {
    labelColor: 'currentColor',
    titleColor: 'currentColor',
    symbolBaseFillColor: 'currentColor',
    symbolBaseStrokeColor: 'currentColor',
  },
  header: { labelColor: 'currentColor', titleColor: 'currentColor' },
  text: { fill: 'currentColor', color: 'currentColor' },
  view: { stroke: null },
  range: { category: ['#4c78a8', '#f58518', '#54a24b', '#b279a2', '#e45756', '#72b7b2'] },
} as Config;

/** Draws a chart to SVG markup, without a browser and without running anything at reading time. */
export async function drawChart({ id, title, spec }: Chart): Promise<DrawnChart> {
  const compiled = compile({ ...spec, config: { ...CONFIG, ...spec.config } as never });
  const view = new View(parse(compiled.spec), { renderer: 'none' });
  try {
    return { id, title, svg: await view.toSVG(), spec: compiled.spec };
  } finally {
    view.finalize();
  }
}
