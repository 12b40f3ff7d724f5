import type { GateRecord } from './gate/gate-record.ts';
import { VERDICT_WORDS } from './gate/gate-sentence.ts';
import { gateTable } from './gate/gate-table.ts';
import type { ReportTable } from './tables/report-table.ts';

/** What a gate says as GitHub-flavoured Markdown, the verdict first: for the summary of a CI job. */
export function gateMarkdown(record: GateRecord): string {
  const { verdict, sentence, run, baseline, notes } = record;
  const table = gateTable(record);
  const sides = [
    `Run: ${codeSpan(run.folder)} of ${run.startedAt}${run.commit === null ? '' : `, commit ${codeSpan(run.commit.slice(0, 12))}`}, ${run.images} images.`,
    ...(baseline === null
      ? []
      : [
          `Baseline ${codeSpan(baseline.name)}: run ${baseline.run} of ${baseline.startedAt}, set ${baseline.setAt}: ${escapeMarkdown(baseline.reason)}`,
        ]),
  ];
  return `${[
    `## mlu-parity: ${VERDICT_WORDS[verdict]}`,
    escapeMarkdown(sentence),
    ...(table.rows.length === 0 ? [] : [`### ${escapeMarkdown(table.title)}`, markdownTable(table)]),
    list([...(table.notes ?? []), ...notes]),
    sides.join('\n\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n')}\n`;
}

/** The first column to the left, the others to the right. */
export function markdownTable({ header, rows }: Pick<ReportTable, 'header' | 'rows'>): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escapeMarkdown).join(' | ')} |`;
  const rule = `| ${header.map((_, i) => (i === 0 ? '---' : '---:')).join(' | ')} |`;
  return [line(header), rule, ...rows.map(line)].join('\n');
}

const list = (items: readonly string[]): string =>
  items.map((item) => `- ${escapeMarkdown(item)}`).join('\n');

/** Names and paths come from outside: none of them starts markup, a mention, or another cell. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_{}[\]<>#|~@&]/g, (character) => (character === '@' ? '@\u200b' : `\\${character}`));
}

/** Text between as many backticks as it takes. */
function codeSpan(text: string): string {
  const flat = text.replace(/\s+/g, ' ').replaceAll('|', '\\|');
  const longest = Math.max(0, ...(flat.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  const pad = longest > 0 ? ' ' : '';
  return `${fence}${pad}${flat}${pad}${fence}`;
}
