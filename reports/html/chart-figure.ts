import type { DrawnChart } from '../charts/draw-chart.ts';
import { escapeHtml } from './escape-html.ts';

/**
 * A chart, for who sees it; who listens hears what it says, since its hundreds of marks read aloud say nothing.
 * @param said its conclusion in words, and where the figures are.
 * @param captioned whether its title stands below it, where the heading above is not its own.
 */
export function chartFigure({ id, title, svg }: DrawnChart, said: string, captioned: boolean): string {
  const caption = captioned ? `<figcaption>${escapeHtml(title)}</figcaption>` : '';
  return `<figure id="${id}" class="chart" tabindex="0" aria-label="${escapeHtml(title)}">${caption}<div class="drawing" role="img" aria-label="${escapeHtml(said)}"><div aria-hidden="true">${svg}</div></div></figure>`;
}
