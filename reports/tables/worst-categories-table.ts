import { formatDifference, formatInterval, formatP } from '../format-figures.ts';
import type { RunRecord } from '../record/index.ts';
import { categoryTable } from './category-table.ts';
import { backendLabel, type ReportTable } from './report-table.ts';

const SHOWN = 10;

/** The largest losses of a category by a backend, in a width that a terminal has; null where there are no statistics. */
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
      return { backend: backendLabel(backend), name, ap, boxes: boxes.get(categoryId) ?? 0, found };
    });
  });
  const all = categoryTable(record);
  if (losses.length === 0 || all === null) return null;
  losses.sort((a, b) => a.ap - b.ap);
  return {
    id: 'worst-categories',
    title: `AP by category, ${losses.length > SHOWN ? `the ${SHOWN} largest of ${losses.length} losses` : 'losses'}`,
    header: ['category', 'boxes', 'backend', 'difference', '95 % interval', 'adjusted p'],
    rows: losses
      .slice(0, SHOWN)
      .map(({ backend, name, ap, boxes: count, found }) => [
        name,
        String(count),
        backend,
        formatDifference(ap),
        formatInterval(found?.ap),
        formatP(found?.adjustedP ?? null),
      ]),
    conclusion: all.conclusion,
  };
}
