import { escapeHtml } from './escape-html.ts';
import type { PageSection } from './page-section.ts';
import { pageScript } from './page-script.ts';
import { REPORT_STYLE } from './report-style.ts';

export interface HtmlPage {
  readonly title: string;
  /** Words of the link past the head, to the first section. */
  readonly skipWords: string;
  /** Markup before the list of the sections. */
  readonly opening: string;
  readonly sections: readonly PageSection[];
  /** The only script that may run; null for a page that is still. */
  readonly script: string | null;
  /** JSON that the script reads, by the id of its element. */
  readonly data?: { readonly id: string; readonly json: string };
  /** Whether it shows pictures, as data URIs. */
  readonly pictures?: boolean;
}

/** A page as one HTML file, readable from `file://` without a network: its policy lets nothing be asked for. */
export async function htmlPage(page: HtmlPage): Promise<string> {
  const { opening, sections } = page;
  const title = escapeHtml(page.title);
  const script = page.script === null ? null : await pageScript(page.script);
  const policy = [
    "default-src 'none'",
    ...(script === null ? [] : [`script-src ${script.hash}`]),
    "style-src 'unsafe-inline'",
    ...(page.pictures ? ['img-src data:'] : []),
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${title}</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<a class="skip" href="#${sections[0]!.id}">${escapeHtml(page.skipWords)}</a>
<header>
<h1>${title}</h1>
</header>
<main>
${opening}
${contents(sections)}
${sections.map(({ markup }) => markup).join('\n')}
</main>
${script === null ? '' : `${dataMarkup(page)}${script.markup}`}
</body>
</html>
`;
}

function contents(sections: readonly PageSection[]): string {
  const links = sections.map(({ id, title }) => `<li><a href="#${id}">${escapeHtml(title)}</a></li>`);
  return `<nav aria-label="Parts of this page"><ul>${links.join('')}</ul></nav>`;
}

function dataMarkup({ data }: HtmlPage): string {
  if (data === undefined) return '';
  // It may not end its element early.
  const json = data.json.replaceAll('<', '\\u003c');
  return `<script type="application/json" id="${data.id}">${json}</script>\n`;
}
