import { beforeAll, describe, expect, test } from 'vitest';
import { tunePoints } from '../../harness/tune/tune-source.ts';
import {
  drawChart,
  paretoFrontChart,
  scalingFitChart,
  type TuneResult,
  tuneLawsTable,
  tunePointsTable,
} from '../../reports/index.ts';
import { tunePasteLine } from '../../reports/tune-paste-line.ts';
import { tuneSentence } from '../../reports/tune-sentence.ts';
import { madeUpTuning } from '../support/made-up-tuning.ts';

let result: TuneResult;
let simple: TuneResult;
beforeAll(async () => {
  result = await madeUpTuning({ objective: 'throughput' });
  simple = await madeUpTuning({ points: tunePoints([1, 2, 4, 8, 16], [1], () => [1]) });
});

/** The result with another point chosen, or other figures. */
const withPoints = (
  of: TuneResult,
  change: (point: TuneResult['points'][number], index: number) => object,
): TuneResult => ({
  ...of,
  points: of.points.map((point, index) => ({ ...point, ...change(point, index) })),
});

describe('tuneSentence', () => {
  test('names the choice, its figure, its probability and what the runner-up loses', () => {
    expect(simple.verdict.sentence).toMatch(
      /^Choose 8 cores: the lowest p50, [\d.]+ ms, with probability [01]\.\d{3} of being the best; the runner-up, (16|4) cores, loses \+[\d.]+ % \(.* … .* %\) against it\.$/,
    );
  });

  test('says that points are equivalent, and why one was taken', () => {
    const equal = withPoints(simple, (_, index) => ({
      state: index === 2 ? 'chosen' : index === 3 ? 'equivalent' : 'behind',
    }));
    expect(tuneSentence(equal)).toMatch(
      /^Choose 4 cores: equivalent to 8 cores within 1 % in p50, and no other of them takes fewer cores than 4; [\d.]+ ms; the runner-up, /,
    );
  });
});

describe('tuneSentence of what is not plain', () => {
  test('a runner-up within the margin that is ahead of the choice is said to be', () => {
    const ahead = withPoints(simple, (_, index) => ({
      state: index === 2 ? 'chosen' : index === 3 ? 'equivalent' : 'behind',
      loss: { estimate: index === 3 ? -0.004 : 0.2, interval: null },
    }));
    expect(tuneSentence({ ...ahead, runnerUp: 3 })).toMatch(
      /; the runner-up, 8 cores, is ahead of it by 0\.4 %\.$/,
    );
  });

  test('too few rounds to compare anything', async () => {
    const { verdict, comparedWith } = await madeUpTuning({ maxSeconds: 0.1 });
    expect(comparedWith).toBeNull();
    expect(verdict).toEqual({
      sentence:
        'Cannot tell which point has the lowest p50 after 1 round in 0 s, too few to compare anything: give more time with --max-seconds, or fewer points.',
      exitCode: 4,
    });
  });

  test('a leader whose stalls hold its choice back', () => {
    const unclear = withPoints({ ...simple, status: 'inconclusive', p99LimitMs: 15 }, () => ({
      state: 'contender',
      limitStanding: 'over',
    }));
    expect(tuneSentence(unclear)).toContain(', nor is its p99 shown to be under 15 ms;');
  });
});

describe('tunePasteLine', () => {
  const chosen = (coreNumber: number, contexts: number, batch: number): TuneResult =>
    withPoints(result, (point) => ({
      state:
        point.coreNumber === coreNumber && point.contexts === contexts && point.batch === batch
          ? 'chosen'
          : 'behind',
    }));

  test('sets the core number, the batch of the example input, and the contexts that fill the card', () => {
    expect(tunePasteLine(chosen(4, 4, 2))).toBe(
      'ct.set_core_number(4)  # example input: torch.zeros(2, 3, 640, 640); 16 / 4 = 4 contexts in parallel',
    );
    expect(tunePasteLine(chosen(4, 1, 1))).toBe(
      'ct.set_core_number(4)  # example input: torch.zeros(1, 3, 640, 640); 1 context of 4 that fit',
    );
  });

  test('none where nothing was chosen', () => {
    expect(tunePasteLine(withPoints(result, () => ({ state: 'contender' })))).toBeNull();
  });
});

describe('tables', () => {
  test('a row a point, with front, loss and standing; the effort against a full grid below', () => {
    const { rows, header, title, conclusion } = tunePointsTable(result);
    expect(title).toContain('modelled');
    expect(rows).toHaveLength(result.points.length);
    for (const row of rows) expect(row).toHaveLength(header.length);
    expect(rows[0]![0]).toBe('1 core, batch 1, 1 context');
    expect(rows.filter((row) => row.at(-1) === 'chosen')).toHaveLength(1);
    expect(conclusion).toMatch(
      /^\d+ requests in \d+ rounds and [\d.]+ s; a full grid of equal precision takes \d+\./,
    );
  });

  test('laws with their held-out error; a law that predicts nothing is called so', () => {
    const table = tuneLawsTable(simple)!;
    expect(table.rows.map(([name]) => name)).toEqual(['Amdahl, batch 1', 'universal, batch 1']);
    expect(table.conclusion).toMatch(
      /^universal, batch 1 predicts points left out of its fit best, to within [\d.]+ % \(RMS\)\.$/,
    );
    const useless = { ...simple, laws: simple.laws.map((law) => ({ ...law, heldOutRms: 0.6 })) };
    expect(tuneLawsTable(useless)!.conclusion).toContain('No law predicts the points left out');
    expect(tuneLawsTable({ ...simple, laws: [] })).toBeNull();
  });

  test('a fastest core number that the device does not have is said to be beyond it', () => {
    const fastestAt = (fastestCoreNumber: number | null): string =>
      tuneLawsTable({ ...simple, laws: [{ ...simple.laws[0]!, fastestCoreNumber }] })!.rows[0]![5]!;
    expect(fastestAt(16)).toBe('16.0');
    expect(fastestAt(16.2)).toBe('16.2 (beyond the device)');
    expect(fastestAt(null)).toBe('–');
  });

  test('a machine that became slower or faster is said to have, a steady one is not spoken of', () => {
    const conclusionOf = (drift: number | null): string => tunePointsTable({ ...simple, drift }).conclusion;
    expect(conclusionOf(0.093)).toContain(
      'The machine became 9.3 % slower meanwhile; points are compared within rounds, so that it favours none.',
    );
    expect(conclusionOf(-0.05)).toContain('The machine became 5 % faster meanwhile;');
    for (const drift of [0.019, -0.019, null])
      expect(conclusionOf(drift)).not.toContain('The machine became');
  });
});

/** Every `values` in a spec, in the order they stand. */
function valuesOf(spec: unknown): Record<string, unknown>[][] {
  if (typeof spec !== 'object' || spec === null) return [];
  const own = 'data' in spec ? [(spec.data as { values: Record<string, unknown>[] }).values] : [];
  return [...own, ...Object.values(spec).flatMap(valuesOf)];
}

describe('paretoFrontChart', () => {
  test('holds every point that was compared, the front and the choice marked, and draws', async () => {
    const chart = paretoFrontChart(result)!;
    const [values] = valuesOf(chart.spec);
    expect(values).toHaveLength(result.points.length);
    expect(values!.filter(({ front }) => front)).toHaveLength(
      result.points.filter(({ onFront }) => onFront).length,
    );
    expect(values!.filter(({ chosen }) => chosen)).toHaveLength(1);
    const first = result.points[0]!;
    expect(values![0]).toMatchObject({
      p50: first.comparable!.p50Ms,
      throughput: first.comparable!.imagesPerSecond,
    });
    expect(chart.title).toContain('(modelled)');
    const { svg } = await drawChart(chart);
    const chosen = values!.find((value) => value.chosen)!;
    expect(svg).toContain(String(chosen.point));
  });

  test('is none where nothing could be compared', () => {
    expect(paretoFrontChart(withPoints(result, () => ({ comparable: null })))).toBeNull();
    expect(scalingFitChart(withPoints(result, () => ({ comparable: null })))).toBeNull();
  });
});

describe('scalingFitChart', () => {
  test('latency with interval and efficiency, with the law that predicts best as a line through both', async () => {
    const chart = scalingFitChart(simple)!;
    const [curve, intervals, measured, chosen] = valuesOf(chart.spec);
    expect(curve!.map(({ cores }) => cores)).toEqual(Array.from({ length: 16 }, (_, i) => i + 1));
    expect(measured!.map(({ cores }) => cores)).toEqual([1, 2, 4, 8, 16]);
    for (const { low, p50, high, cores, efficiency } of intervals as Record<string, number>[]) {
      expect(low).toBeLessThanOrEqual(p50!);
      expect(high).toBeGreaterThanOrEqual(p50!);
      const one = measured!.find((value) => value.cores === 1)!.p50 as number;
      expect(efficiency).toBeCloseTo(one / (cores! * p50!), 12);
      // The law is one that the points follow.
      expect(Math.abs((curve![cores! - 1]!.p50 as number) / p50! - 1)).toBeLessThan(0.15);
    }
    expect(chosen).toHaveLength(1);
    expect((await drawChart(chart)).svg).toContain('efficiency');
  });

  test('a point without an interval has no rule, which would say that nothing is left open', () => {
    const bare = withPoints(simple, ({ p50IntervalMs }, index) => ({
      p50IntervalMs: index === 1 ? null : p50IntervalMs,
    }));
    const [, intervals, measured] = valuesOf(scalingFitChart(bare)!.spec);
    expect(measured!.map(({ cores }) => cores)).toEqual([1, 2, 4, 8, 16]);
    const told = simple.points.filter((point, index) => index !== 1 && point.p50IntervalMs);
    expect(intervals!.map(({ cores }) => cores)).toEqual(told.map(({ coreNumber }) => coreNumber));
    expect(told.length).toBeGreaterThan(0);
  });

  test('no efficiency where one core was not timed: the law has a line, and is no measurement', async () => {
    const chart = scalingFitChart({
      ...simple,
      points: simple.points.filter(({ coreNumber }) => coreNumber > 1),
    })!;
    const [curve, , measured] = valuesOf(chart.spec);
    expect(measured!.map(({ cores, efficiency }) => [cores, efficiency])).toEqual(
      [2, 4, 8, 16].map((cores) => [cores, null]),
    );
    expect(curve!.map(({ efficiency }) => typeof efficiency)).toEqual(new Array(16).fill('number'));
    expect((await drawChart(chart)).svg).toContain('efficiency');
  });

  test('leaves out points with several contexts, which cost each other time', () => {
    const measured = valuesOf(scalingFitChart(result)!.spec)[2]!;
    expect(measured).toHaveLength(result.points.filter(({ contexts }) => contexts === 1).length);
    expect(new Set(measured.map(({ batch }) => batch))).toEqual(new Set(['batch 1', 'batch 2']));
  });
});
