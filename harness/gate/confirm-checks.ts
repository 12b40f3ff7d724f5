import { changeText } from '../../reports/gate/check-text.ts';
import type { GateCheck } from '../../reports/gate/gate-record.ts';

/** An alarm that a re-run does not show is none that can be told. */
export function confirmChecks(first: readonly GateCheck[], rerun: readonly GateCheck[]): GateCheck[] {
  return first.map((check) => {
    if (check.verdict !== 'regressed') return check;
    const again = rerun.find((other) => identityOf(other) === identityOf(check));
    if (again?.verdict === 'regressed') return { ...check, confirmation: 'confirmed' };
    const there = again === undefined ? 'it has no such figure' : `there ${changeText(again)}`;
    return {
      ...check,
      ...{ verdict: 'cannot-tell', imagesNeeded: null, confirmation: 'not-confirmed' },
      reason: [check.reason, `not confirmed by the re-run, ${there}`].filter(Boolean).join('; '),
    };
  });
}

const identityOf = ({ kind, backend, metric, point }: GateCheck): string =>
  JSON.stringify([kind, backend, metric, point]);
