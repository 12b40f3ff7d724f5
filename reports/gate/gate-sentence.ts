import { formatCount } from '../format-figures.ts';
import { budgetUse, changeText, checkName, checkReason, excess } from './check-text.ts';
import type { GateCheck, GateRecord } from './gate-record.ts';

/** What a verdict is called where a person reads it. */
export const VERDICT_WORDS = {
  regressed: 'regressed',
  equivalent: 'equivalent',
  'cannot-tell': 'cannot tell',
  failed: 'failed',
} as const;

interface Judged {
  readonly verdict: GateRecord['verdict'];
  readonly checks: readonly GateCheck[];
  readonly baseline: string;
  /** What keeps the run from being judged, or from passing, whatever its figures. */
  readonly troubles: readonly string[];
}

/** The verdict in one sentence: which of the three it is, with the figure that decides, its interval and its budget. */
export function gateSentence({ verdict, checks, baseline, troubles }: Judged): string {
  const opening = VERDICT_WORDS[verdict].toUpperCase();
  const byMost = (wanted: GateCheck['verdict'], of: (check: GateCheck) => number): GateCheck[] =>
    checks
      .filter(({ verdict: own }) => own === wanted)
      // Not their difference: two that have no figure are equal.
      .sort((a, b) => (of(a) === of(b) ? 0 : of(b) - of(a)));
  const regressed = byMost('regressed', excess);
  const unclear = byMost('cannot-tell', excess);
  const clauses = [...troubles];
  if (regressed.length > 0) {
    clauses.push(`${clauseOf(regressed[0]!)}, against ${baseline}${more(regressed.length - 1, 'regressed')}`);
  } else if (unclear.length > 0) {
    clauses.push(
      `${clauseOf(unclear[0]!)}, against ${baseline}${more(unclear.length - 1, 'cannot be told')}`,
    );
  } else if (checks.length > 0) {
    const [nearest] = byMost('equivalent', budgetUse);
    const all = checks.length === 1 ? 'the one figure' : `each of ${checks.length} figures`;
    clauses.push(`${all} keeps its budget against ${baseline}, the nearest to it ${clauseOf(nearest!)}`);
  } else if (troubles.length === 0) {
    clauses.push('no budget is of a figure of this run, and nothing judged is no pass');
  }
  return `${opening}: ${clauses.join('; ')}.`;
}

function clauseOf(check: GateCheck): string {
  const reason = checkReason(check);
  return `${checkName(check)}: ${changeText(check)}${reason === '' ? '' : ` (${reason})`}`;
}

const more = (count: number, what: string): string =>
  count === 0 ? '' : `, and ${formatCount(count, 'more figure')} ${what}`;
