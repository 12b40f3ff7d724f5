import { charts } from '../charts/charts.ts';
import { type DrawnChart, drawChart } from '../charts/draw-chart.ts';
import { tuningCharts } from '../charts/tuning-charts.ts';
import { measurementFacts } from '../measurement-facts.ts';
import type { BackendRecord, RunRecord } from '../record/index.ts';
import { imagesNote } from '../tables/images-note.ts';
import { backendLabel } from '../tables/report-table.ts';
import { reportTables } from '../tables/report-tables.ts';
import { chartSections, type PageSection } from './chart-sections.ts';
import { escapeHtml } from './escape-html.ts';
import { gallerySection } from './gallery-section.ts';
import { pageScript } from './page-script.ts';
import { REPORT_STYLE } from './report-style.ts';
import { tuningTitle } from '../tuning-words.ts';
import { tuningSection } from './tuning-section.ts';

/** What the page holds besides the record. */
export interface ReportAssets {
  /** Script that makes the charts live; without it the page is still and complete. */
  readonly script?: string;
  /** Data URIs of the gallery by the record's picture names. */
  readonly pictures?: ReadonlyMap<string, string>;
}

/**
 * The report of one run as one HTML file, readable from `file://` without a network: the finding first, then charts
 * with their tables, the gallery, and how it was measured. A pure function: the same record gives the same page.
 */
export async function htmlReport(record: RunRecord, assets: ReportAssets = {}): Promise<string> {
  const drawn = await Promise.all(charts(record).map(drawChart));
  const tuned = await Promise.all(
    record.tunings.map((tuning, i) => Promise.all(tuningCharts(tuning, i).map(drawChart))),
  );
  const title = `mlu-parity: YOLOX-${record.weights.variant} on ${record.dataset.name}`;
  const scripts =
    assets.script === undefined ? null : await liveCharts([...drawn, ...tuned.flat()], assets.script);
  const sections = [
    ...chartSections(drawn, reportTables(record)),
    ...record.tunings.map((tuning, i) => ({
      id: `tuning-${i}`,
      title: tuningTitle(tuning),
      markup: tuningSection(tuning, tuned[i]!, i),
    })),
    ...gallerySection(record, assets.pictures ?? new Map()),
    factsSection(record),
  ];
  const scriptPolicy = scripts === null ? '' : ` script-src ${scripts.hash};`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none';${scriptPolicy} style-src 'unsafe-inline'; img-src data:">
<title>${escapeHtml(title)}</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<a class="skip" href="#${sections[0]!.id}">Skip to the figures</a>
<header>
<h1>${escapeHtml(title)}</h1>
</header>
<main>
<p class="${verdictClass(record)}">${escapeHtml(record.verdict.sentence)}</p>
${record.stoppedBy === null ? '' : `<p class="stopped" role="alert">Incomplete: ${escapeHtml(record.stoppedBy)}</p>`}
${warningList(record.warnings)}
${backendTiles(record)}
${contents(sections)}
${sections.map(({ markup }) => markup).join('\n')}
</main>
${scripts?.markup ?? ''}
</body>
</html>
`;
}

/** For the colour beside the sentence, which says the same in words. */
function verdictClass({ backends }: RunRecord): string {
  const verdicts = backends.flatMap(({ judgements }) => judgements.map(({ verdict }) => verdict));
  const order = ['regressed', 'cannot-tell', 'equivalent'] as const;
  const gravest = order.find((verdict) => verdicts.includes(verdict));
  return gravest === undefined ? 'verdict' : `verdict ${gravest}`;
}

function contents(sections: readonly PageSection[]): string {
  const links = sections.map(({ id, title }) => `<li><a href="#${id}">${escapeHtml(title)}</a></li>`);
  return `<nav aria-label="Parts of this page"><ul>${links.join('')}</ul></nav>`;
}

function backendTiles(record: RunRecord): string {
  const tiles = record.backends.map((backend) => {
    const ap = backend.metrics?.AP ?? null;
    const state = backend.failure === null ? '' : ' <span class="badge failed">failed</span>';
    return `<li>${tileName(backend)}${state}<br><span class="big">${ap === null ? '–' : ap.toFixed(4)}</span> AP${imagesNote(record, backend)}<br><small>${escapeHtml(backend.precision)} · ${escapeHtml(backend.engine)}</small></li>`;
  });
  return `<ul class="tiles" aria-label="Backends">${tiles.join('')}</ul>`;
}

/** The words of the label are there for who listens; who looks sees the badge in the place of its brackets. */
function tileName(backend: BackendRecord): string {
  const { name, outputProvenance } = backend;
  const rest = backendLabel(backend).slice(name.length);
  const said = rest === '' ? '' : `<span class="visually-hidden">${escapeHtml(rest)}</span>`;
  const hidden = rest.includes(outputProvenance) ? ' aria-hidden="true"' : '';
  return `<b>${escapeHtml(name)}${said}</b> <span class="badge ${outputProvenance}"${hidden}>${outputProvenance}</span>`;
}

function warningList(warnings: readonly string[]): string {
  if (warnings.length === 0) return '';
  return `<ul class="warnings">${warnings.map((warning) => `<li>${escapeHtml(warning)}</li>`).join('')}</ul>`;
}

function factsSection(record: RunRecord): PageSection {
  const rows = measurementFacts(record)
    .map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`)
    .join('\n');
  const title = 'How this was measured';
  return {
    id: 'measured',
    title,
    markup: `<section id="measured"><h2>${title}</h2><dl>${rows}</dl></section>`,
  };
}

/** The specs as data and the script after them; the policy lets exactly this script run. */
async function liveCharts(
  drawn: readonly DrawnChart[],
  script: string,
): Promise<{ markup: string; hash: string }> {
  // It may not end its element early.
  const data = JSON.stringify(drawn.map(({ id, spec }) => ({ id, spec }))).replaceAll('<', '\\u003c');
  const { markup, hash } = await pageScript(script);
  return {
    markup: `<script type="application/json" id="chart-specs">${data}</script>\n${markup}`,
    hash,
  };
}
