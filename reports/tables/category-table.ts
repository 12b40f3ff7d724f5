import { formatDifference, formatFigure } from '../format-figures.ts';
import type { BackendRecord, RunRecord } from '../record/index.ts';
import { imagesNote } from './images-note.ts';
import { backendLabel, type ReportTable } from './report-table.ts';

/** AP of each category, the one that loses most first; one column of differences for each other backend. */
export function categoryTable(record: RunRecord): ReportTable | null {
  const reference = record.backends.find((backend) => backend.isReference);
  if (!reference || reference.categories.length === 0) return null;
  const others = record.backends.filter((backend) => backend.difference !== null);
  const categories = reference.categories.filter((category) => category.groundTruthCount > 0);
  const worst = (categoryId: number): number =>
    others.length === 0 ? 0 : Math.min(...others.map((backend) => differenceOf(backend, categoryId) ?? 0));
  const ordered = [...categories].sort(
    (a, b) => worst(a.categoryId) - worst(b.categoryId) || a.categoryId - b.categoryId,
  );
  const first = ordered[0];
  return {
    id: 'categories',
    title: 'AP by category, worst loss first',
    header: [
      'category',
      'boxes',
      backendLabel(reference),
      ...others.map((backend) => `${backendLabel(backend)}${imagesNote(record, backend)}`),
    ],
    rows: ordered.map((category) => [
      category.name,
      String(category.groundTruthCount),
      formatFigure(category.ap),
      ...others.map((backend) => formatDifference(differenceOf(backend, category.categoryId))),
    ]),
    conclusion:
      others.length === 0
        ? 'One backend: there is no loss to order by.'
        : first && worst(first.categoryId) < 0
          ? `${first.name} loses most, on ${formatBoxes(first.groundTruthCount)}, by ${backendLabel(worstBackend(others, first.categoryId))}; a category with few boxes moves by much when one detection does.`
          : 'No category loses.',
  };
}

const formatBoxes = (count: number): string => `${count} ${count === 1 ? 'box' : 'boxes'}`;

function worstBackend(others: readonly BackendRecord[], categoryId: number): BackendRecord {
  const change = (backend: BackendRecord): number => differenceOf(backend, categoryId) ?? 0;
  return others.reduce((worst, backend) => (change(backend) < change(worst) ? backend : worst));
}

function differenceOf(backend: BackendRecord, categoryId: number): number | null {
  return backend.difference?.categories.find((entry) => entry.categoryId === categoryId)?.ap ?? null;
}
