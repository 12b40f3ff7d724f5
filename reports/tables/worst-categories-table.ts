import { formatDifference, formatInterval, formatP } from '../format-figures.ts';
import { groupedBy } from '../grouped-by.ts';
import type { DifferenceStatistics, RunRecord } from '../record/index.ts';
import { categoryTable } from './category-table.ts';
import { backendsLabel, type ReportTable } from './report-table.ts';

const SHOWN = 10;

/** The largest losses of a category, each once for backends that agree in it, in a width that a terminal has; null where there are no statistics. */
export function worstCategoriesTable(record: RunRecord): ReportTable | null {
  const boxes = new Map(
    record.backends
      .find(({ isReference }) => isReference)
      ?.categories.map(({ categoryId, groundTruthCount }) => [categoryId, groundTruthCount]),
  );
  const losses = record.backends.flatMap((backend) => {
    const { categories = [], statistics = null } = backend.difference ?? {};
    if (statistics === null) return [];
    return categories.flatMap(({ categoryId, name, ap }) => {
      if (ap === null || ap >= 0) return [];
      const found = statistics.categories.find((entry) => entry.categoryId === categoryId);
      return { backend, name, ap, boxes: boxes.get(categoryId) ?? 0, found };
    });
  });
  const all = categoryTable(record);
  if (losses.length === 0 || all === null) return null;
  losses.sort((a, b) => a.ap - b.ap);
  const rows = groupedBy(losses, ({ name, ap, found }) => JSON.stringify([name, ...cellsOf(ap, found)]));
  return {
    id: 'worst-categories',
    title: `AP by category, ${rows.length > SHOWN ? `the ${SHOWN} largest of ${rows.length} losses` : 'losses'}`,
    header: ['category', 'boxes', 'backend', 'difference', '95 % interval', 'adjusted p'],
    rows: rows.slice(0, SHOWN).map((group) => {
      const { name, boxes: count, ap, found } = group[0]!;
      return [
        ...[name, String(count), backendsLabel(group.map(({ backend }) => backend))],
        ...cellsOf(ap, found),
      ];
    }),
    conclusion: all.conclusion,
  };
}

function cellsOf(ap: number, found: DifferenceStatistics['categories'][number] | undefined): string[] {
  return [formatDifference(ap), formatInterval(found?.ap), formatP(found?.adjustedP ?? null)];
}
