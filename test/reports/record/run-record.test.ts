import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRunRecord, type RunRecord } from '../../../reports/index.ts';
import { madeUpRecord } from '../../support/made-up-record.ts';

const record = (): RunRecord => madeUpRecord({ night: 0 });

/** The made-up record with one figure of int16 in the place of its own. */
function withFigure(ap: unknown): unknown {
  const made = record();
  const [first, second] = made.backends;
  return { ...made, backends: [first, { ...second, metrics: { ...second!.metrics, AP: ap } }] };
}

describe('what a record may say', () => {
  test.each(['garbage', '', '2026-13-45T00:00:00.000Z', '2026-02-30T00:00:00.000Z', '2026-11-24', 5])(
    'a time of %j is none, and is named',
    (startedAt) => {
      expect(() => parseRunRecord({ ...record(), startedAt })).toThrow(
        `not a run record of version 1: startedAt: ${JSON.stringify(startedAt)} is no date and time such as 2026-11-24T02:30:00.000Z`,
      );
      expect(() => parseRunRecord({ ...record(), finishedAt: startedAt })).toThrow(/: finishedAt: /);
    },
  );

  test('every time that a clock gives is one', () => {
    const date = fc.date({
      min: new Date('0000-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(date, (time) => {
        const startedAt = time.toISOString();
        expect(parseRunRecord({ ...record(), startedAt }).startedAt).toBe(startedAt);
      }),
    );
  });

  test('AP and AR lie within −1 … 1, or there is none', () => {
    for (const ap of [-1, 0, 0.3231, 1, null]) {
      expect(parseRunRecord(withFigure(ap)).backends[1]!.metrics!.AP).toBe(ap);
    }
    for (const ap of [1e308, 1.0001, -1.0001]) {
      expect(() => parseRunRecord(withFigure(ap))).toThrow(
        `backends.1.metrics.AP: ${JSON.stringify(ap)} is no AP or AR, nor a difference of two: those lie within −1 … 1`,
      );
    }
    const made = record();
    const [first, second] = made.backends;
    const categories = [{ ...second!.categories[0]!, ap: 1e308 }];
    expect(() => parseRunRecord({ ...made, backends: [first, { ...second!, categories }] })).toThrow(
      /: backends\.1\.categories\.0\.ap: /,
    );
  });
});
