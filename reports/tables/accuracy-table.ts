import { isToldFromZero } from '../difference-words.ts';
import { formatDifference, formatFigure, formatP } from '../format-figures.ts';
import { groupedBy } from '../grouped-by.ts';
import type { BackendRecord, DifferenceStatistics, RunRecord } from '../record/index.ts';
import { tieBandWords } from '../tie-band-words.ts';
import { imagesNote } from './images-note.ts';
import { intervalRows } from './interval-rows.ts';
import { backendLabel, backendsLabel, type ReportTable } from './report-table.ts';

/**
 * The 12 figures of each backend and, below each, its difference to the reference with the ends of its interval and p; once for backends
 * that agree in all of them.
 */
export function accuracyTable(record: RunRecord): ReportTable | null {
  const evaluated = record.backends.filter((backend) => backend.metrics !== null);
  if (evaluated.length === 0) return null;
  const figures = Object.keys(evaluated[0]!.metrics!);
  const alike = groupedBy(evaluated, (backend) => JSON.stringify(rowsOf(backend, figures)));
  return {
    id: 'accuracy',
    title: 'Average precision and recall',
    header: ['backend', ...figures],
    rows: alike.flatMap((group) => {
      const [[, ...cells], ...below] = rowsOf(group[0]!, figures) as [string[], ...string[][]];
      const label = (backend: BackendRecord): string =>
        `${backendLabel(backend)}${imagesNote(record, backend)}`;
      return [
        ...group.map((backend, i) => [`${i === 0 ? '' : '  and '}${label(backend)}`, ...cells]),
        ...below,
      ];
    }),
    conclusion: [largestMoveSentence(record, evaluated), ...toldSentence(evaluated)].join(' '),
    notes: notesOf(evaluated),
  };
}

/** The rows of one backend, the first without its name. */
function rowsOf({ metrics, difference }: BackendRecord, figures: readonly string[]): string[][] {
  const own = ['', ...figures.map((name) => formatFigure(metrics![name] ?? null))];
  if (!difference) return [own];
  return [
    own,
    ['  difference', ...figures.map((name) => formatDifference(difference.metrics[name] ?? null))],
    ...intervalRows(figures, difference.statistics?.metrics, difference.statistics?.confidence),
    ...pRow(figures, difference.statistics?.p ?? {}),
  ];
}

/** Of the permutation test; none where all are 1, as of equal outputs. */
function pRow(figures: readonly string[], p: DifferenceStatistics['p']): string[][] {
  const isSaid = Object.values(p).some((value) => value !== null && value < 1);
  return isSaid ? [['  p, permuted', ...figures.map((name) => formatP(p[name] ?? null))]] : [];
}

/** Which figures of each backend are told from 0, where that is known. */
function toldSentence(evaluated: readonly BackendRecord[]): string[] {
  const found = evaluated.flatMap((backend) => {
    const { statistics } = backend.difference ?? {};
    const estimates = Object.entries(statistics?.metrics ?? {}).filter(
      ([, estimate]) => estimate?.low != null,
    );
    if (estimates.length === 0) return [];
    const told = estimates
      .filter(([name, estimate]) => isToldFromZero(estimate!) && !statistics!.withinTies[name])
      .map(([name]) => name);
    return {
      backend,
      told: told.length === estimates.length ? `all ${told.length} figures` : told.join(', '),
    };
  });
  if (found.length === 0) return [];
  if (found.every(({ told }) => told === '')) return ['No difference is more than chance.'];
  const clauses = groupedBy(found, ({ told }) => told).map(
    (group) => `${group[0]!.told || 'none'} of ${backendsLabel(group.map(({ backend }) => backend))}`,
  );
  return [`More than chance: ${clauses.join('; ')}.`];
}

/** What holds of a whole row, once for backends of which the same is said. */
function notesOf(evaluated: readonly BackendRecord[]): string[] {
  const said = evaluated.flatMap((backend) =>
    [...bandWords(backend), ...tiedWords(backend)].map((words) => ({ backend, words })),
  );
  return groupedBy(said, ({ words }) => words).map(
    (group) => `${backendsLabel(group.map(({ backend }) => backend))}: ${group[0]!.words}`,
  );
}

function bandWords({ difference }: BackendRecord): string[] {
  const { statistics = null } = difference ?? {};
  return statistics === null ? [] : tieBandWords(statistics, "the reference's");
}

/** Differences that the order of equal scores can make are none, whatever their interval says. */
function tiedWords({ difference }: BackendRecord): string[] {
  const { statistics, metrics } = difference ?? {};
  const tied = Object.entries(statistics?.withinTies ?? {}).flatMap(([name, within]) =>
    within && (metrics?.[name] ?? 0) !== 0 ? [name] : [],
  );
  if (tied.length === 0) return [];
  return [
    `no difference in ${tied.join(', ')}, which the order of detections with equal scores alone can move as far`,
  ];
}

function largestMoveSentence(record: RunRecord, evaluated: readonly BackendRecord[]): string {
  if (record.backends.length === 1)
    return `${backendLabel(evaluated[0]!)} is the only backend: there is nothing to compare it with.`;
  const moves = evaluated.flatMap((backend) =>
    Object.entries(backend.difference?.metrics ?? {})
      .filter(([, change]) => change !== null && change !== 0)
      .map(([figure, change]) => ({ backend, figure, change: change! })),
  );
  if (moves.length === 0) return 'No figure differs from the reference.';
  const largest = moves.reduce((most, move) => (Math.abs(move.change) > Math.abs(most.change) ? move : most));
  return `The figure that moves most is ${largest.figure} of ${backendLabel(largest.backend)}: ${formatDifference(largest.change)}${imagesNote(record, largest.backend)}.`;
}
