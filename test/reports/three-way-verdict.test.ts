import { describe, expect, test } from 'vitest';
import type { Judgement } from '../../reports/record/index.ts';
import { verdictSentence } from '../../reports/index.ts';
import { estimateOf, withStatistics } from '../support/with-statistics.ts';
import { smallRecord } from './small-record.ts';

const made = smallRecord();

function said(
  figures: Parameters<typeof withStatistics>[1],
  judgement?: Partial<Judgement>,
  rename = (name: string) => [name],
): string {
  const { record, float, int8 } = made();
  const backends = rename('int8').map((name) => ({ ...withStatistics(int8, figures, judgement), name }));
  return verdictSentence({ ...record, backends: [float, ...backends] });
}

const LOSS = { from: 0.3237, to: 0.1667, ends: [-0.2122, -0.1018] } as const;
const NEAR = { from: 0.3237, to: 0.3231, ends: [-0.0053, 0.0042] } as const;

describe('with a budget the sentence says one of three things, with the interval', () => {
  test('regressed', () =>
    expect(said(LOSS, { verdict: 'regressed', direction: 'worse' })).toBe(
      'Regressed: int8 (emulated) loses 0.1570 against cpu-float (AP 0.3237 → 0.1667, 95 % interval −0.2122 … −0.1018 from 50 images), beyond the budget of 0.01.',
    ));

  test('equivalent, and a sure loss within the budget or a gain beyond it is said so', () => {
    expect(said(NEAR, {})).toBe(
      'Equivalent: int8 (emulated) loses 0.0006 against cpu-float (AP 0.3237 → 0.3231, 95 % interval −0.0053 … +0.0042 from 50 images), within the budget of 0.01.',
    );
    const small = { from: 0.3, to: 0.297, ends: [-0.004, -0.002] } as const;
    expect(said(small, { direction: 'worse' })).toMatch(/, a sure loss but within the budget of 0.01\.$/);
    const gain = { from: 0.3, to: 0.35, ends: [0.04, 0.06] } as const;
    expect(said(gain, { direction: 'better', beyondGain: true })).toMatch(
      /gains 0.0500 .*surely better by more than that: check that both sides ran the same\.$/,
    );
  });

  test('cannot tell, with the images that would, or why there are none', () => {
    const unknown = { verdict: 'cannot-tell', budget: 0.005 } as const;
    expect(said(NEAR, { ...unknown, imagesNeeded: 118 })).toMatch(
      /^Cannot tell: int8 .*, and the budget of 0.005 lies inside the interval; about 118 images would tell\.$/,
    );
    expect(said(NEAR, unknown)).toContain('no number of images can be named');
    const few = { ...NEAR, ends: null, change: { metrics: { AP: estimateOf(-0.0006, null, 9) } } };
    expect(said(few, unknown)).toMatch(
      /9 images are too few for an interval, which takes 10, so that the budget of 0.005 cannot be held against it\.$/,
    );
    const alone = { ...NEAR, ends: null };
    expect(said(alone, unknown)).toContain('no category has objects in two of these images');
    expect(said({ from: 0, to: 0, ends: [0, 0] }, unknown)).toContain('nothing to lose');
    const tied = { ...LOSS, change: { withinTies: { AP: true } } };
    expect(said(tied, { ...unknown, withinTies: true })).toContain(
      'more than the budget of 0.005, but the order of detections with equal scores alone can make it',
    );
    const none = { from: 0.3, to: 0.3, ends: null, change: { metrics: { AP: null } } };
    const { record, float, int8 } = made();
    const blind = withStatistics(int8, none, unknown);
    blind.difference!.metrics.AP = null;
    blind.difference!.reference.AP = null;
    expect(verdictSentence({ ...record, backends: [float, blind] })).toContain(
      'no AP, since these images hold no ground truth, so that the budget of 0.005 cannot be held against it.',
    );
  });

  test('backends of which the same is found are named together, what has regressed first', () => {
    const sentence = said(NEAR, {}, () => ['int8', 'mlu-online']);
    expect(sentence).toMatch(
      /^Equivalent: int8 \(emulated\) · mlu-online, int8 \(emulated\) each lose 0.0006/,
    );
    const { record, float, int8 } = made();
    const good = { ...withStatistics(int8, NEAR, {}), name: 'mlu-online' };
    const bad = withStatistics(int8, LOSS, { verdict: 'regressed' });
    expect(verdictSentence({ ...record, backends: [float, good, bad] })).toMatch(
      /^Regressed: int8 .*\. Equivalent: mlu-online/,
    );
  });
});

describe('without a budget the sentence says whether a difference is one', () => {
  test('more than chance, may be chance, or within ties', () => {
    expect(said(LOSS)).toMatch(/−0.1018 from 50 images\), more than chance\.$/);
    expect(said(NEAR)).toMatch(/\+0.0042 from 50 images\), which may be chance\.$/);
    expect(said({ ...NEAR, change: { withinTies: { AP: true } } })).toMatch(
      /which is no difference: the order of detections with equal scores alone can make it\.$/,
    );
  });

  test('no difference at all, or none to the last digit', () => {
    expect(said({ from: 0.3, to: 0.3, ends: [0, 0] })).toMatch(
      /^int8 \(emulated\) has the AP of cpu-float \(0.3000, .*these images show no difference, which says nothing of others\.$/,
    );
    expect(said({ from: 0.3, to: 0.29999, ends: [-0.0004, 0.0004] })).toMatch(
      /has the AP of cpu-float to the last digit shown \(0.3000, 95 % interval −0.0004 … \+0.0004 from 50 images\)\.$/,
    );
  });

  test('a run too small for an interval says so', () => {
    const { record } = made();
    expect(verdictSentence(record)).toMatch(
      /2 images: point estimates without an interval \(2 images are too few for an interval, which takes 10\)/,
    );
  });
});
