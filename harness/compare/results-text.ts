import { noIntervalWords } from '../../reports/difference-words.ts';
import { findingsOf, findingsTogether } from '../../reports/findings.ts';
import {
  formatCount,
  formatDifference,
  formatFigure,
  formatInterval,
  formatP,
} from '../../reports/format-figures.ts';
import type { DifferenceStatistics, Judgement } from '../../reports/record/index.ts';
import { tieBandWords } from '../../reports/tie-band-words.ts';
import { countToldCategories, FALSE_DISCOVERIES } from '../../reports/tables/category-table.ts';
import { formatTable } from '../terminal/table.ts';

type Figures = Readonly<Record<string, number | null>>;

/** Two results files held against each other, as `--json` prints them. */
export interface ResultsComparison {
  readonly images: number;
  readonly a: Figures;
  readonly b: Figures;
  readonly difference: Figures;
  /** Those with objects, worst loss first. */
  readonly categories: readonly {
    readonly name: string;
    readonly categoryId: number;
    readonly groundTruthCount: number;
    readonly a: number | null;
    readonly b: number | null;
    readonly difference: number | null;
  }[];
  readonly statistics: DifferenceStatistics | null;
  readonly judgements: readonly Judgement[];
}

/** Figures, the categories that differ, and the finding at the end, where the terminal is. */
export function resultsText(comparison: ResultsComparison): string {
  const { a, b, difference, categories, statistics } = comparison;
  const figures = Object.keys(a).map((name) => [
    name,
    formatFigure(a[name] ?? null),
    formatFigure(b[name] ?? null),
    formatDifference(difference[name] ?? null),
    ...(statistics ? [formatInterval(statistics.metrics[name]), formatP(statistics.p[name] ?? null)] : []),
  ]);
  const moved = categories.filter((category) => category.difference !== 0 && category.difference !== null);
  const rows = moved.map((category) => [
    category.name,
    formatFigure(category.a),
    formatFigure(category.b),
    formatDifference(category.difference),
    ...certaintyCells(statistics, category.categoryId),
    String(category.groundTruthCount),
  ]);
  const certainty = statistics ? ['95 % interval', 'adjusted p'] : [];
  const lines = [
    ...formatTable(['figure', 'a', 'b', 'b − a', ...(statistics ? ['95 % interval', 'p'] : [])], figures),
    ...(statistics ? tieBandWords(statistics, "a's") : []),
    '',
    ...(rows.length === 0
      ? ['No category differs.']
      : formatTable(['category', 'a', 'b', 'b − a', ...certainty, 'boxes'], rows)),
    '',
    verdictOf(comparison, moved.length),
  ];
  return `${lines.join('\n')}\n`;
}

function certaintyCells(statistics: DifferenceStatistics | null, categoryId: number): string[] {
  if (statistics === null) return [];
  const found = statistics.categories.find((category) => category.categoryId === categoryId);
  return [formatInterval(found?.ap), formatP(found?.adjustedP ?? null)];
}

function verdictOf(comparison: ResultsComparison, moved: number): string {
  const { a, b, difference, categories, statistics, judgements, images } = comparison;
  const compared = {
    metrics: { ...b },
    judgements: [...judgements],
    difference: { images, metrics: { ...difference }, reference: { ...a }, categories: [], statistics },
  };
  const why = noIntervalWords(statistics?.metrics.AP ?? null);
  const withoutInterval = `, a point estimate on ${formatCount(images, 'image')}: ${why}`;
  return [
    ...findingsTogether(findingsOf('b', 'a', compared, withoutInterval)),
    `${moved} of ${categories.length} categories differ${moved === 0 ? '' : toldClause(statistics)}.`,
  ].join(' ');
}

/** Corrected for their number. */
function toldClause(statistics: DifferenceStatistics | null): string {
  if (statistics === null) return '';
  return `, ${countToldCategories(statistics)} of them by more than chance (adjusted p at most ${FALSE_DISCOVERIES})`;
}
