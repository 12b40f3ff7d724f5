import { charts } from '../charts/charts.ts';
import { type DrawnChart, drawChart } from '../charts/draw-chart.ts';
import { tuningCharts } from '../charts/tuning-charts.ts';
import { measurementFacts } from '../measurement-facts.ts';
import type { BackendRecord, RunRecord } from '../record/index.ts';
import { imagesNote } from '../tables/images-note.ts';
import { backendLabel } from '../tables/report-table.ts';
import { reportTables } from '../tables/report-tables.ts';
import { chartSections } from './chart-sections.ts';
import { escapeHtml } from './escape-html.ts';
import { gallerySection } from './gallery-section.ts';
import { htmlPage } from './html-page.ts';
import { listMarkup } from './list-markup.ts';
import type { PageSection } from './page-section.ts';
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
  return htmlPage({
    title: `mlu-parity: YOLOX-${record.weights.variant} on ${record.dataset.name}`,
    skipWords: 'Skip to the figures',
    opening: `<p class="${verdictClass(record)}">${escapeHtml(record.verdict.sentence)}</p>
${record.stoppedBy === null ? '' : `<p class="stopped" role="alert">Incomplete: ${escapeHtml(record.stoppedBy)}</p>`}
${listMarkup('warnings', record.warnings)}
${backendTiles(record)}`,
    sections,
    script: assets.script ?? null,
    data: { id: 'chart-specs', json: specsOf([...drawn, ...tuned.flat()]) },
    pictures: true,
  });
}

/** For the colour beside the sentence, which says the same in words. */
function verdictClass({ backends }: RunRecord): string {
  const verdicts = backends.flatMap(({ judgements }) => judgements.map(({ verdict }) => verdict));
  const order = ['regressed', 'cannot-tell', 'equivalent'] as const;
  const gravest = order.find((verdict) => verdicts.includes(verdict));
  return gravest === undefined ? 'verdict' : `verdict ${gravest}`;
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

/** What the script makes the charts live from. */
function specsOf(drawn: readonly DrawnChart[]): string {
  return JSON.stringify(drawn.map(({ id, spec }) => ({ id, spec })));
}
