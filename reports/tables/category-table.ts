import { formatConfidence } from '../difference-words.ts';
import { formatDifference, formatFigure, formatInterval, formatP } from '../format-figures.ts';
import { groupedBy } from '../grouped-by.ts';
import type { BackendRecord, DifferenceStatistics, RunRecord } from '../record/index.ts';
import { imagesNote } from './images-note.ts';
import { backendLabel, backendsLabel, type ReportTable } from './report-table.ts';

/** At most this share of the categories that are counted is expected to be there by chance. */
export const FALSE_DISCOVERIES = 0.05;

/** AP of each category, the one that loses most first; for each other backend the difference, its interval and its p. */
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
  const conclusion =
    others.length === 0
      ? 'One backend: there is no loss to order by.'
      : first && worst(first.categoryId) < 0
        ? `${first.name} loses most, on ${formatBoxes(first.groundTruthCount)}, by ${backendLabel(worstBackend(others, first.categoryId))}; a category with few boxes moves by much when one detection does.`
        : 'No category loses.';
  return {
    id: 'categories',
    title: 'AP by category, worst loss first',
    header: [
      'category',
      'boxes',
      backendLabel(reference),
      ...others.flatMap((backend) => headersOf(record, backend)),
    ],
    rows: ordered.map((category) => [
      category.name,
      String(category.groundTruthCount),
      formatFigure(category.ap),
      ...others.flatMap((backend) => cellsOf(backend, category.categoryId)),
    ]),
    conclusion: [conclusion, ...toldSentence(others)].join(' '),
  };
}

const formatBoxes = (count: number): string => `${count} ${count === 1 ? 'box' : 'boxes'}`;

function headersOf(record: RunRecord, backend: BackendRecord): string[] {
  const difference = `${backendLabel(backend)}${imagesNote(record, backend)}`;
  const statistics = backend.difference!.statistics;
  if (statistics === null) return [difference];
  return [
    difference,
    `${formatConfidence(statistics.confidence)} interval, ${backendLabel(backend)}`,
    `adjusted p, ${backendLabel(backend)}`,
  ];
}

function cellsOf(backend: BackendRecord, categoryId: number): string[] {
  const difference = formatDifference(differenceOf(backend, categoryId));
  if (backend.difference!.statistics === null) return [difference];
  const found = statisticsOf(backend, categoryId);
  return [difference, formatInterval(found?.ap), formatP(found?.adjustedP ?? null)];
}

/** How many categories each backend differs in by more than chance, with all of them asked about at once. */
function toldSentence(backends: readonly BackendRecord[]): string[] {
  const found = backends.flatMap((backend) => {
    const { statistics } = backend.difference!;
    if (statistics === null) return [];
    const tested = statistics.categories.filter(({ p }) => p !== null).length;
    const told = countToldCategories(statistics);
    return { backend, told, words: told === 0 ? 'none' : `${told} of ${tested}` };
  });
  if (found.length === 0) return [];
  const corrected = `adjusted p at most ${FALSE_DISCOVERIES}`;
  if (found.every(({ told }) => told === 0))
    return [`No category has changed by more than chance (${corrected}).`];
  const clauses = groupedBy(found, ({ words }) => words).map(
    (group) => `${group[0]!.words} by ${backendsLabel(group.map(({ backend }) => backend))}`,
  );
  return [`Changed by more than chance (${corrected}): ${clauses.join('; ')}.`];
}

/** Categories told from 0 after correction. */
export function countToldCategories({ categories }: DifferenceStatistics): number {
  return categories.filter(
    ({ adjustedP, withinTies }) => adjustedP !== null && adjustedP <= FALSE_DISCOVERIES && !withinTies,
  ).length;
}

function worstBackend(others: readonly BackendRecord[], categoryId: number): BackendRecord {
  const change = (backend: BackendRecord): number => differenceOf(backend, categoryId) ?? 0;
  return others.reduce((worst, backend) => (change(backend) < change(worst) ? backend : worst));
}

function differenceOf(backend: BackendRecord, categoryId: number): number | null {
  return backend.difference?.categories.find((entry) => entry.categoryId === categoryId)?.ap ?? null;
}

function statisticsOf(
  backend: BackendRecord,
  categoryId: number,
): DifferenceStatistics['categories'][number] | undefined {
  return backend.difference?.statistics?.categories.find((entry) => entry.categoryId === categoryId);
}
