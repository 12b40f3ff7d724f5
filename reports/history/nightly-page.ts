import { drawChart } from '../charts/draw-chart.ts';
import { gateTable } from '../gate/gate-table.ts';
import { chartFigure } from '../html/chart-figure.ts';
import { escapeHtml } from '../html/escape-html.ts';
import { pageScript } from '../html/page-script.ts';
import { REPORT_STYLE } from '../html/report-style.ts';
import { tableMarkup } from '../html/table-markup.ts';
import type { ReportTable } from '../tables/report-table.ts';
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
  const title = `mlu-parity: nights of ${view.name}`;
  const scripts = script === null ? null : await pageScript(script);
  const scriptPolicy = scripts === null ? '' : ` script-src ${scripts.hash};`;
  const sections = await Promise.all(byMetric(view.trends).map(figureSection));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none';${scriptPolicy} style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<a class="skip" href="#changes">Skip to what changed</a>
<header>
<h1>${escapeHtml(title)}</h1>
</header>
<main>
${latestVerdict(view)}
${contents(view.trends)}
${tableSection(changesTable(view))}
${sections.join('\n')}
${tableSection(runsTable(view))}
</main>
${scripts?.markup ?? ''}
</body>
</html>
`;
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
  const notes = gate.notes.map((note) => `<li>${escapeHtml(note)}</li>`).join('');
  const later =
    runs.at(-1)!.startedAt > gate.run.startedAt
      ? `<p class="stopped">Later runs have not been judged.</p>`
      : '';
  return `<p class="verdict ${gate.verdict === 'failed' ? 'regressed' : gate.verdict}">${escapeHtml(gate.sentence)}</p>
<p><small>The run of ${escapeHtml(shortTime(gate.run.startedAt))}, judged ${escapeHtml(shortTime(gate.judgedAt))}.</small></p>
${later}${notes === '' ? '' : `<ul class="notes">${notes}</ul>`}
${table.rows.length === 0 ? '' : `<section id="gate"><h2>${escapeHtml(table.title)}</h2>${tableMarkup(table)}</section>`}`;
}

/** Figures of all categories, by metric, in the order of the view. */
function byMetric(trends: readonly FigureTrend[]): FigureTrend[][] {
  const groups = new Map<string, FigureTrend[]>();
  for (const trend of trends) {
    const hasValue = trend.points.some(({ value }) => value !== null);
    if (trend.category !== '' || !hasValue) continue;
    groups.set(trend.metric, [...(groups.get(trend.metric) ?? []), trend]);
  }
  return [...groups.values()];
}

async function figureSection(trends: readonly FigureTrend[]): Promise<string> {
  const { metric } = trends[0]!;
  const drawn = await drawChart(trendChart(metric, trends));
  const table = standingTable(metric, trends);
  return `<section id="${table.id}"><h2>${escapeHtml(table.title)}</h2><p>${escapeHtml(table.conclusion)}</p>
${chartFigure(drawn, `Chart: ${table.conclusion} The figures are in the table below.`, true)}
${tableMarkup(table)}</section>`;
}

function contents(trends: readonly FigureTrend[]): string {
  const link = (id: string, title: string): string => `<li><a href="#${id}">${title}</a></li>`;
  const figures = byMetric(trends).map(([first]) => link(`figure-${first!.metric}`, first!.metric));
  return `<nav aria-label="Parts of this page"><ul>${link('changes', 'What changed')}${figures.join('')}${link('runs', 'The runs')}</ul></nav>`;
}

function tableSection(table: ReportTable): string {
  return `<section id="${table.id}"><h2>${escapeHtml(table.title)}</h2><p>${escapeHtml(table.conclusion)}</p>${tableMarkup(table)}</section>`;
}
