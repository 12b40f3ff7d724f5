import type { ReportTable } from '../tables/report-table.ts';
import {
  checkBudget,
  checkDifference,
  checkFigure,
  checkInterval,
  checkName,
  checkReason,
} from './check-text.ts';
import type { GateRecord } from './gate-record.ts';
import { VERDICT_WORDS } from './gate-sentence.ts';

const ORDER = ['regressed', 'cannot-tell', 'equivalent'] as const;

/** Every figure that was judged, what regressed first. */
export function gateTable({ checks, baseline, sentence }: GateRecord): ReportTable {
  const sorted = ORDER.flatMap((verdict) => checks.filter((check) => check.verdict === verdict));
  return {
    id: 'gate',
    title: `Against the baseline${baseline === null ? '' : ` ${baseline.name}`}`,
    header: ['figure', 'verdict', 'before', 'now', 'difference', '95 % interval', 'allowed'],
    rows: sorted.map((check) => [
      ...[checkName(check), VERDICT_WORDS[check.verdict]],
      ...[checkFigure(check.baseline, check), checkFigure(check.actual, check)],
      ...[checkDifference(check.difference, check), checkInterval(check), checkBudget(check)],
    ]),
    conclusion: sentence,
    notes: sorted
      .map((check) => ({ name: checkName(check), reason: checkReason(check) }))
      .filter(({ reason }) => reason !== '')
      .map(({ name, reason }) => `${name}: ${reason}`),
  };
}
