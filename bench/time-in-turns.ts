import { Bench } from 'tinybench';
import type { Figure } from './row.ts';

export interface Side {
  readonly label: string;
  run(): unknown;
}

export interface TimingOptions {
  /** Time for each side over all rounds; each round runs a side once at least. */
  readonly seconds?: number;
  readonly rounds?: number;
}

/**
 * Times the sides in turns, a part of the time each, so that whatever else the machine does meanwhile falls on all alike.
 */
export async function timeInTurns<Sides extends readonly Side[]>(
  sides: Sides,
  { seconds = 1, rounds = 5 }: TimingOptions = {},
): Promise<{ [K in keyof Sides]: Figure }> {
  const samples = sides.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, side] of sides.entries()) {
      const bench = new Bench({
        time: (seconds * 1000) / rounds,
        iterations: 1,
        warmup: round === 0,
        warmupTime: (seconds * 1000) / rounds,
        warmupIterations: 1,
        retainSamples: true,
        throws: true,
      });
      bench.add(side.label, async () => {
        const pending = side.run();
        if (pending instanceof Promise) await pending;
      });
      const [task] = await bench.run();
      if (task?.result.state !== 'completed') throw new Error(`${side.label} was not timed`);
      samples[index]!.push(...(task.result.latency.samples ?? []));
    }
  }
  return sides.map(({ label }, index) => figureOf(label, 'ms', samples[index]!)) as {
    [K in keyof Sides]: Figure;
  };
}

export function figureOf(label: string, unit: Figure['unit'], samples: readonly number[]): Figure {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const value = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { label, unit, value, least: sorted[0]!, samples: sorted.length };
}
