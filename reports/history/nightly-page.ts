import { drawChart } from '../charts/draw-chart.ts';
import { gateTable } from '../gate/gate-table.ts';
import { groupedBy } from '../grouped-by.ts';
import { escapeHtml } from '../html/escape-html.ts';
import { htmlPage } from '../html/html-page.ts';
import { listMarkup } from '../html/list-markup.ts';
import { type PageSection, tableSection } from '../html/page-section.ts';
import { tableMarkup } from '../html/table-markup.ts';
import { changesTable, runsTable, standingTable } from './nightly-tables.ts';
import type { FigureTrend, NightlyView } from './nightly-view.ts';
import { shortTime } from './short-time.ts';
import { trendChart } from './trend-chart.ts';

/**
 * The page over a history as one HTML file, readable from `file://` without a network: the latest verdict, what changed, each
 * figure over the nights, and the runs behind them. A pure function of the view.
 * @param script that lets tables be sorted; without it the page is complete all the same.
 */
export async function nightlyPage(view: NightlyView, script: string | null = null): Promise<string> {
  return htmlPage({
    title: `mlu-parity: nights of ${view.name}`,
    skipWords: 'Skip to what changed',
    opening: `${latestVerdict(view)}${listMarkup('warnings', view.warnings)}`,
    sections: [
      tableSection(changesTable(view)),
      ...(await Promise.all(byMetric(view.trends).map((trends) => figureSection(trends, view)))),
      tableSection(runsTable(view)),
    ],
    script,
  });
}

function latestVerdict({ gate, runs }: NightlyView): string {
  if (gate === null) {
    const last = runs.at(-1);
    const sentence =
      last === undefined
        ? 'There are no runs yet.'
        : `No gate has judged a run yet. Run ${last.id} of ${shortTime(last.startedAt)}: ${last.sentence}`;
    return `<p class="verdict">${escapeHtml(sentence)}</p>`;
  }
  const table = gateTable(gate);
  const later =
    runs.at(-1)!.startedAt > gate.run.startedAt
      ? `<p class="stopped">Later runs have not been judged.</p>`
      : '';
  return `<p class="verdict ${gate.verdict === 'failed' ? 'regressed' : gate.verdict}">${escapeHtml(gate.sentence)}</p>
<p><small>The run of ${escapeHtml(shortTime(gate.run.startedAt))}, judged ${escapeHtml(shortTime(gate.judgedAt))}.</small></p>
${later}${listMarkup('notes', gate.notes)}
${table.rows.length === 0 ? '' : `<section id="gate"><h2>${escapeHtml(table.title)}</h2>${tableMarkup(table)}</section>`}`;
}

/** Figures of all categories, by metric, in the order of the view. */
function byMetric(trends: readonly FigureTrend[]): FigureTrend[][] {
  const shown = trends.filter(
    ({ category, points }) => category === '' && points.some(({ value }) => value !== null),
  );
  return groupedBy(shown, ({ metric }) => metric);
}

async function figureSection(trends: readonly FigureTrend[], { leftOut }: NightlyView): Promise<PageSection> {
  const { metric } = trends[0]!;
  const drawn = await drawChart(trendChart(metric, trends));
  return tableSection(standingTable(metric, trends, leftOut[metric]), drawn);
}
