import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FigureDifference, threeWayVerdict } from '../../../reference/compare/index.ts';

const estimate = (difference: number, halfWidth: number): FigureDifference => ({
  difference,
  low: difference - halfWidth,
  high: difference + halfWidth,
  standardError: halfWidth / 1.959963984540054,
  images: 1000,
});

describe('the three-way verdict at a budget of 0.005', () => {
  it.each([
    ['a loss beyond it for sure', -0.01, 0.004, 'regressed', 'worse', false],
    ['a loss beyond it, perhaps', -0.01, 0.006, 'cannot-tell', 'worse', false],
    ['a loss within it, perhaps', -0.003, 0.004, 'cannot-tell', 'unclear', false],
    ['a loss within it for sure', -0.003, 0.001, 'equivalent', 'worse', false],
    ['nothing', 0, 0.004, 'equivalent', 'unclear', false],
    ['too few images to tell', 0, 0.05, 'cannot-tell', 'unclear', false],
    ['a gain of any size, whatever its width', 0.02, 0.024, 'equivalent', 'unclear', false],
    ['a gain beyond the budget', 0.02, 0.004, 'equivalent', 'better', true],
  ] as const)('%s', (_, difference, halfWidth, verdict, direction, beyondGain) => {
    expect(threeWayVerdict(estimate(difference, halfWidth), 0.005)).toMatchObject({
      verdict,
      direction,
      beyondGain,
    });
  });

  it('calls equal outputs equivalent even without any budget', () => {
    expect(threeWayVerdict(estimate(0, 0), 0)).toEqual({
      verdict: 'equivalent',
      budget: 0,
      direction: 'unclear',
      beyondGain: false,
      imagesNeeded: null,
    });
  });

  it('cannot tell without an interval', () => {
    const none = { difference: -0.1, standardError: null, low: null, high: null, images: 3 };
    expect(threeWayVerdict(none, 0.005)).toMatchObject({ verdict: 'cannot-tell', imagesNeeded: null });
  });

  it('names a number of images where it cannot tell, more than there are; with it, the same difference is told', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -0.05, max: 0.05, noNaN: true }),
        fc.double({ min: 1e-4, max: 0.05, noNaN: true }),
        (difference, halfWidth) => {
          const { verdict, imagesNeeded } = threeWayVerdict(estimate(difference, halfWidth), 0.005);
          if (verdict !== 'cannot-tell') {
            expect(imagesNeeded).toBeNull();
            return;
          }
          if (imagesNeeded === null) {
            expect(Math.abs(difference + 0.005)).toBeLessThanOrEqual(halfWidth / 100);
            return;
          }
          expect(imagesNeeded).toBeGreaterThan(2 * 1000);
          const then = estimate(difference, halfWidth * Math.sqrt(1000 / imagesNeeded));
          expect(threeWayVerdict(then, 0.005).verdict).toBe(difference < -0.005 ? 'regressed' : 'equivalent');
        },
      ),
    );
  });

  it('refuses a negative budget and an interval that is none', () => {
    expect(() => threeWayVerdict(estimate(0, 1), -0.005)).toThrow(/budget of -0.005/);
    expect(() => threeWayVerdict(estimate(0, 1), Number.NaN)).toThrow(/budget of NaN/);
    expect(() => threeWayVerdict(estimate(0, -1), 0)).toThrow(/interval 1 … -1/);
  });
});
