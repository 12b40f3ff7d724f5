import { apByBackendSpec } from '../charts/ap-by-backend.ts';
import { renderSvg } from '../charts/render-svg.ts';
import { measurementFacts } from '../measurement-facts.ts';
import type { RunRecord } from '../run-record.ts';
import type { ReportTable } from '../tables/report-table.ts';
import { reportTables } from '../tables/report-tables.ts';
import { escapeHtml } from './escape-html.ts';
import { REPORT_STYLE } from './report-style.ts';

/**
 * The report of one run as one HTML file: no script, no network, readable from `file://`.
 * A pure function of the record: the same record gives the same page.
 */
export async function htmlReport(record: RunRecord): Promise<string> {
  const chart = record.backends.some((backend) => backend.metrics !== null)
    ? await renderSvg(apByBackendSpec(record))
    : '';
  const title = `mlu-parity: ${record.weights.variant} on ${record.dataset.name}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${escapeHtml(title)}</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
<p class="verdict">${escapeHtml(record.verdict.sentence)}</p>
${record.stoppedBy === null ? '' : `<p class="stopped" role="alert">Incomplete: ${escapeHtml(record.stoppedBy)}</p>`}
${warningList(record.warnings)}
${chart && `<figure aria-label="AP by backend">${chart}</figure>`}
${reportTables(record).map(tableSection).join('\n')}
${factsSection(record)}
</main>
</body>
</html>
`;
}

function warningList(warnings: readonly string[]): string {
  if (warnings.length === 0) return '';
  return `<ul class="warnings">${warnings.map((warning) => `<li>${escapeHtml(warning)}</li>`).join('')}</ul>`;
}

function tableSection(table: ReportTable): string {
  const head = table.header.map((cell) => `<th scope="col">${escapeHtml(cell)}</th>`).join('');
  const body = table.rows
    .map(([first = '', ...rest]) => {
      const cells = rest.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('');
      return `<tr><th scope="row">${escapeHtml(first)}</th>${cells}</tr>`;
    })
    .join('\n');
  const grid =
    table.rows.length === 0
      ? ''
      : `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(table.title)}"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
  return `<section id="${table.id}"><h2>${escapeHtml(table.title)}</h2><p>${escapeHtml(table.conclusion)}</p>${grid}</section>`;
}

function factsSection(record: RunRecord): string {
  const rows = measurementFacts(record)
    .map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`)
    .join('\n');
  return `<section id="measured"><h2>How this was measured</h2><dl>${rows}</dl></section>`;
}
