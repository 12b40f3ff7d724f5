import { type Config, parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';

/**
 * Colours come from the page, so that one drawing serves light and dark: text and lines take `currentColor`, the
 * backends take colours that stand out on both.
 */
const CONFIG: Config = {
  axis: {
    labelColor: 'currentColor',
    titleColor: 'currentColor',
    domainColor: 'currentColor',
    tickColor: 'currentColor',
    gridColor: 'currentColor',
    gridOpacity: 0.15,
  },
  legend: { labelColor: 'currentColor', titleColor: 'currentColor' },
  text: { fill: 'currentColor' },
  view: { stroke: null },
  range: { category: ['#4c78a8', '#f58518', '#54a24b', '#b279a2', '#e45756', '#72b7b2'] },
} as Config;

/** Draws a vega-lite spec to SVG markup, without a browser and without running anything at reading time. */
export async function renderSvg(spec: TopLevelSpec): Promise<string> {
  const compiled = compile({ ...spec, config: { ...CONFIG, ...spec.config } as never });
  const view = new View(parse(compiled.spec), { renderer: 'none' });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}
