import type { DrawnChart } from '../charts/draw-chart.ts';
import { escapeHtml } from './escape-html.ts';

/** @param captioned whether its title stands below it, where the heading above is not its own. */
export function chartFigure({ id, title, svg }: DrawnChart, captioned: boolean): string {
  const caption = captioned ? `<figcaption>${escapeHtml(title)}</figcaption>` : '';
  return `<figure id="${id}" class="chart" tabindex="0" aria-label="${escapeHtml(title)}">${caption}<div class="drawing">${svg}</div></figure>`;
}
