import type { DrawnChart } from '../charts/draw-chart.ts';
import type { TuneResult } from '../record/index.ts';
import { tuneLawsTable, tunePointsTable } from '../tables/tune-tables.ts';
import { tuningTitle } from '../tuning-words.ts';
import { chartFigure } from './chart-figure.ts';
import { escapeHtml } from './escape-html.ts';
import { listMarkup } from './list-markup.ts';
import { tableMarkup } from './table-markup.ts';

/** What a tuning chose, the line to paste, the front and the fitted law, and every point below them. */
export function tuningSection(tuning: TuneResult, drawn: readonly DrawnChart[], index: number): string {
  const { verdict, warnings, paste } = tuning;
  const tables = [tunePointsTable(tuning), tuneLawsTable(tuning)].filter((table) => table !== null);
  return `<section id="tuning-${index}"><h2>${escapeHtml(tuningTitle(tuning))}</h2>
<p>${escapeHtml(verdict.sentence)}</p>
${listMarkup('warnings', warnings)}
${paste === null ? '' : `<pre class="paste" tabindex="0"><code>${escapeHtml(paste)}</code></pre>`}
${drawn.map((chart) => chartFigure(chart, `Chart: ${chart.title}. The figures are in the table below.`, true)).join('\n')}
${tables.map((table) => `<p>${escapeHtml(table.conclusion)}</p>${tableMarkup(table)}`).join('\n')}</section>`;
}
