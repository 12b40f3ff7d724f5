import { describe, expect, test } from 'vitest';
import { DETECTORS } from './detectors.ts';
import { countFalseAlarms, countFound, countSpells } from './nightly-looks.ts';

/** A few years of what `year-of-nights.prove.ts` shows over 200. */
const options = { detect: DETECTORS['bounded loss'], spikes: true, missing: 0.05, seed: 1 };

describe('nightly looks at a few generated years', () => {
  test('no false alarm among spikes and missing nights', () => {
    expect(countFalseAlarms({ ...options, noise: 'none', years: 10 }).falseAlarmsPerYear).toBe(0);
    expect(countFalseAlarms({ ...options, noise: 'gaussian', years: 3 }).falseAlarmsPerYear).toBe(0);
  });

  test('every change is told, of a series without noise in the third night', () => {
    const steady = countFound({ ...options, noise: 'none', years: 20, size: 0.01 });
    expect(steady).toMatchObject({ within10: 1, medianNights: 3, othersPerYear: 0 });
    const noisy = countFound({ ...options, noise: 'gaussian', years: 20, size: 5 });
    expect(noisy.within30).toBe(1);
    expect(noisy.medianNights).toBeLessThanOrEqual(4);
  });

  test('a double spike is not told, ten nights are', () => {
    const spells = { ...options, noise: 'none', years: 10, size: 8 } as const;
    expect(countSpells({ ...spells, nights: 2 })).toEqual({ toldWhileOn: 0, keptAfter: 0 });
    expect(countSpells({ ...spells, nights: 10 })).toEqual({ toldWhileOn: 1, keptAfter: 1 });
  });
});

test('spikes alone alarm what has means or ranks of three nights', () => {
  for (const name of ['E-divisive', 'rank splits'] as const) {
    const detect = DETECTORS[name];
    expect(
      countFalseAlarms({ ...options, detect, noise: 'none', years: 2 }).falseAlarmsPerYear,
    ).toBeGreaterThan(0);
  }
});
