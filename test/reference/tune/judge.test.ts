import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../reference/random.ts';
import { type Contender, type JudgeOptions, judge, LEAST_ROUNDS } from '../../../reference/tune/index.ts';
import { lognormalVisits, type PointSpec } from './lognormal-visits.ts';

const options = (change: Partial<JudgeOptions> = {}): JudgeOptions => ({
  objective: 'p50',
  p99LimitMs: null,
  margin: 0.01,
  confidence: 0.99,
  random: createRandom(2),
  ...change,
});

function contenders(
  points: readonly (PointSpec & { cores?: number })[],
  rounds: number,
  requests = 10,
): Contender[] {
  const visits = lognormalVisits(points, rounds, requests, createRandom(9));
  return points.map(({ cores }, place) => ({
    visits: visits[place]!,
    coresTaken: cores ?? place + 1,
    batch: 1,
  }));
}

/** One point of about 90 ms, some of whose requests take 300 ms, in visits of 20. */
function stalling(requests: number, stalls: number): Contender[] {
  const rounds = requests / 20;
  const [visits] = lognormalVisits([{ medianMs: 90, noise: 0.02 }], rounds, 20, createRandom(3));
  for (let stall = 0; stall < stalls; stall++) {
    (visits!.get(stall % rounds)!.milliseconds as number[])[Math.floor(stall / rounds)] = 300;
  }
  return [{ visits: visits!, coresTaken: 1, batch: 1 }];
}

describe('judge', () => {
  it('says nothing before there are rounds enough', () => {
    const points = contenders(
      [
        { medianMs: 10, noise: 0.01 },
        { medianMs: 20, noise: 0.01 },
      ],
      LEAST_ROUNDS - 1,
    );
    expect(judge(points, options())).toMatchObject({ choice: null, behind: [], weights: null });
  });

  it('chooses the best, and gives up what is surely behind', () => {
    const points = contenders(
      [
        { medianMs: 20, noise: 0.05 },
        { medianMs: 10, noise: 0.05 },
        { medianMs: 14, noise: 0.05 },
      ],
      8,
    );
    const { choice, behind } = judge(points, options());
    expect(choice).toEqual({ place: 1, equivalents: [1] });
    expect(behind).toEqual([0, 2]);
  });

  it('takes, of points equivalent within the margin, the one with the fewest cores', () => {
    const points = contenders(
      [
        { medianMs: 10, noise: 0.01, cores: 16 },
        { medianMs: 10.02, noise: 0.01, cores: 4 },
        { medianMs: 10.01, noise: 0.01, cores: 8 },
        { medianMs: 10.5, noise: 0.01, cores: 1 },
      ],
      60,
    );
    expect(judge(points, options()).choice).toEqual({ place: 1, equivalents: [0, 1, 2] });
  });

  it('chooses nothing while the noise is larger than the gap', () => {
    const points = contenders(
      [
        { medianMs: 10, noise: 0.3 },
        { medianMs: 10.3, noise: 0.3 },
      ],
      6,
    );
    expect(judge(points, options({ confidence: 0.95 }))).toMatchObject({ choice: null, behind: [] });
  });

  it('chooses no lowest p99 before 662 requests, and gives up early only what is behind in its median too', () => {
    const spec = [
      { medianMs: 10, noise: 0.02 },
      { medianMs: 9, noise: 0.4 },
      { medianMs: 20, noise: 0.02 },
    ];
    const early = judge(contenders(spec, 6, 40), options({ objective: 'p99' }));
    expect(early.choice).toBeNull();
    expect(early.behind).toEqual([2]);
    const late = judge(contenders(spec, 17, 40), options({ objective: 'p99' }));
    expect(late.choice).toEqual({ place: 0, equivalents: [0] });
    expect(late.behind).toEqual([1, 2]);
  });

  it('takes out what is over the limit, and chooses only what is shown to be under it', () => {
    const spec = [
      { medianMs: 10, noise: 0.02 },
      { medianMs: 30, noise: 0.02 },
    ];
    const limited = options({ objective: 'throughput', p99LimitMs: 15 });
    expect(judge(contenders(spec, 6, 20), limited)).toMatchObject({ overLimit: [1], choice: null });
    expect(judge(contenders(spec, 23, 20), limited)).toMatchObject({ overLimit: [1], choice: { place: 0 } });
  });

  it('decides figures without noise in one round, equivalence and limit too', () => {
    const spec = [10, 9.95, 5].map((medianMs) => ({ medianMs, noise: 0 }));
    const exact = options({ exact: true });
    expect(judge(contenders(spec.slice(0, 2), 1, 1), exact).choice).toEqual({
      place: 0,
      equivalents: [0, 1],
    });
    const limited = judge(contenders(spec, 1, 1), { ...exact, objective: 'throughput', p99LimitMs: 6 });
    expect(limited).toMatchObject({ overLimit: [0, 1], choice: { place: 2 } });
  });

  it('names a choice whose p99 is under the limit only without its stalls', () => {
    const points = stalling(700, 4);
    const { choice, limitStandings } = judge(points, options({ objective: 'throughput', p99LimitMs: 200 }));
    expect(limitStandings).toEqual(['under-without-stalls']);
    expect(choice).toEqual({ place: 0, equivalents: [0] });
  });

  it('takes out what its stalls carry over the limit: 21 of 700 at 300 ms are surely more than 1 %', () => {
    const points = stalling(700, 21);
    const judgement = judge(points, options({ objective: 'throughput', p99LimitMs: 200 }));
    expect(judgement).toMatchObject({ overLimit: [0], choice: null, limitStandings: ['over'] });
    // Nothing is amiss with stalls that stay under it.
    const wide = judge(points, options({ objective: 'throughput', p99LimitMs: 400 }));
    expect(wide).toMatchObject({ overLimit: [], limitStandings: ['under'], choice: { place: 0 } });
  });

  it('chooses nothing yet where its stalls are likely more than 1 %, and gives it up no sooner than that is sure', () => {
    // P(13 or more of 700 at 1 %) is 2.6 %.
    const judgement = judge(stalling(700, 13), options({ objective: 'throughput', p99LimitMs: 200 }));
    expect(judgement).toMatchObject({ overLimit: [], choice: null, limitStandings: ['over'] });
  });
});
