import { charts } from '../charts/charts.ts';
import { type DrawnChart, drawChart } from '../charts/draw-chart.ts';
import { measurementFacts } from '../measurement-facts.ts';
import type { BackendRecord, RunRecord } from '../record/index.ts';
import { imagesNote } from '../tables/images-note.ts';
import { backendLabel, type ReportTable } from '../tables/report-table.ts';
import { reportTables } from '../tables/report-tables.ts';
import { escapeHtml } from './escape-html.ts';
import { gallerySection } from './gallery-section.ts';
import { REPORT_STYLE } from './report-style.ts';

/** What the page holds besides the record. */
export interface ReportAssets {
  /** Script that makes the charts live; without it the page is still and complete. */
  readonly script?: string;
  /** Data URIs of the gallery by the record's picture names. */
  readonly pictures?: ReadonlyMap<string, string>;
}

/** Tables stand below the chart of the same matter; a chart without a table stands by itself. */
const TABLE_OF_CHART: Readonly<Record<string, string>> = {
  'ap-by-backend': 'accuracy',
  'drift-waterfall': 'drift',
  'category-differences': 'categories',
  shifts: 'detections',
  sqnr: 'tensors',
  'saturation-by-layer': 'saturation',
  'latency-by-cores': 'latency',
};

/**
 * The report of one run as one HTML file, readable from `file://` without a network: the finding first, then charts
 * with their tables, the gallery, and how it was measured. A pure function: the same record gives the same page.
 */
export async function htmlReport(record: RunRecord, assets: ReportAssets = {}): Promise<string> {
  const drawn = await Promise.all(charts(record).map(drawChart));
  const title = `mlu-parity: YOLOX-${record.weights.variant} on ${record.dataset.name}`;
  const scripts = assets.script === undefined ? null : await liveCharts(drawn, assets.script);
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
<main>
<h1>${escapeHtml(title)}</h1>
<p class="verdict">${escapeHtml(record.verdict.sentence)}</p>
${record.stoppedBy === null ? '' : `<p class="stopped" role="alert">Incomplete: ${escapeHtml(record.stoppedBy)}</p>`}
${warningList(record.warnings)}
${backendTiles(record)}
${sections(drawn, reportTables(record))}
${gallerySection(record, assets.pictures ?? new Map())}
${factsSection(record)}
</main>
${scripts?.markup ?? ''}
</body>
</html>
`;
}

/** Charts in their order, each with its table; then the tables that have no chart. */
function sections(drawn: readonly DrawnChart[], tables: readonly ReportTable[]): string {
  const withChart = new Set(drawn.map(({ id }) => TABLE_OF_CHART[id]));
  const charted = drawn.map((chart) => {
    const table = tables.find(({ id }) => id === TABLE_OF_CHART[chart.id]);
    return `<section${table ? ` id="${table.id}"` : ''}><h2>${escapeHtml(table?.title ?? chart.title)}</h2>
${table ? `<p>${escapeHtml(table.conclusion)}</p>` : ''}
${figureOf(chart, table !== undefined)}
${table ? tableMarkup(table) : ''}</section>`;
  });
  const others = tables
    .filter(({ id }) => !withChart.has(id))
    .map(
      (table) =>
        `<section id="${table.id}"><h2>${escapeHtml(table.title)}</h2><p>${escapeHtml(table.conclusion)}</p>${tableMarkup(table)}</section>`,
    );
  return [...charted, ...others].join('\n');
}

function figureOf({ id, title, svg }: DrawnChart, captioned: boolean): string {
  const caption = captioned ? `<figcaption>${escapeHtml(title)}</figcaption>` : '';
  return `<figure id="${id}" class="chart" tabindex="0" aria-label="${escapeHtml(title)}">${caption}<div class="drawing">${svg}</div></figure>`;
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

function tableMarkup(table: ReportTable): string {
  if (table.rows.length === 0) return '';
  const head = table.header.map((cell) => `<th scope="col">${escapeHtml(cell)}</th>`).join('');
  const body = table.rows
    .map(([first = '', ...rest]) => {
      const cells = rest.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('');
      return `<tr${rowAnchor(table, first)}><th scope="row">${escapeHtml(first)}</th>${cells}</tr>`;
    })
    .join('\n');
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(table.title)}"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

/** Categories can be linked to: `#category-dog`. */
function rowAnchor(table: ReportTable, name: string): string {
  return table.id === 'categories' ? ` id="category-${escapeHtml(name.replaceAll(' ', '-'))}"` : '';
}

function factsSection(record: RunRecord): string {
  const rows = measurementFacts(record)
    .map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`)
    .join('\n');
  return `<section id="measured"><h2>How this was measured</h2><dl>${rows}</dl></section>`;
}

/** The specs as data and the script after them; the policy lets exactly this script run. */
async function liveCharts(
  drawn: readonly DrawnChart[],
  script: string,
): Promise<{ markup: string; hash: string }> {
  // Neither may end its element early.
  const data = JSON.stringify(drawn.map(({ id, spec }) => ({ id, spec }))).replaceAll('<', '\\u003c');
  const code = `\n${script.replaceAll('</script', '<\\/script')}\n`;
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(code));
  const hash = btoa(String.fromCharCode(...new Uint8Array(digest)));
  return {
    markup: `<script type="application/json" id="chart-specs">${data}</script>\n<script>${code}</script>`,
    hash: `'sha256-${hash}'`,
  };
}
