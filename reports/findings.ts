import {
  budgetClause,
  type ComparedBackend,
  chanceClause,
  type DifferenceWords,
  differenceWords,
} from './difference-words.ts';
import { groupedBy } from './grouped-by.ts';
import type { Judgement } from './record/index.ts';

/** What is found of a backend, to stand behind its name or behind several. */
export interface Finding extends DifferenceWords {
  readonly label: string;
  /** Null where there is no budget to be judged by. */
  readonly verdict: Judgement['verdict'] | null;
}

/** What someone has to look at stands first. */
const VERDICTS: readonly { readonly verdict: Finding['verdict']; readonly opening: string }[] = [
  { verdict: 'regressed', opening: 'Regressed: ' },
  { verdict: 'cannot-tell', opening: 'Cannot tell: ' },
  { verdict: 'equivalent', opening: 'Equivalent: ' },
  { verdict: null, opening: '' },
];

/**
 * How far a backend is from the reference on the same images: against each of its budgets, or else in AP by itself.
 * @param against what the reference is called.
 * @param withoutInterval what is said of a difference in AP that has no interval.
 */
export function findingsOf(
  label: string,
  against: string,
  backend: ComparedBackend,
  withoutInterval = '',
): Finding[] {
  const finding = (metric: string, verdict: Finding['verdict'], clause: string): Finding => {
    const { one, several } = differenceWords(backend, metric, against);
    return { label, verdict, one: `${one}${clause}`, several: `${several}${clause}` };
  };
  if (backend.judgements.length > 0) {
    return backend.judgements.map((judgement) =>
      finding(judgement.metric, judgement.verdict, budgetClause(backend, judgement)),
    );
  }
  return [finding('AP', null, chanceClause(backend, 'AP') ?? withoutInterval)];
}

/** Sentences; backends of which the same is found are named together. */
export function findingsTogether(findings: readonly Finding[]): string[] {
  return VERDICTS.flatMap(({ verdict, opening }) => {
    const groups = groupedBy(
      findings.filter((finding) => finding.verdict === verdict),
      ({ one }) => one,
    );
    return groups.map((group) => {
      const [first] = group;
      if (group.length === 1) return `${opening}${first!.label}${first!.one}.`;
      return `${opening}${group.map(({ label }) => label).join(' · ')} each${first!.several}.`;
    });
  });
}
