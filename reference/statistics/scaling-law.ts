import { solveLeastSquares } from './solve-least-squares.ts';

/**
 * How the time of one inference falls with the core number N, as a factor on the time with one core:
 * `T(N) = t1 · (1 + σ(N − 1) + κN(N − 1)) / N`.
 *
 * `universal` is the universal scalability law (Gunther, "A General Theory of Computational Scalability Based on Rational
 * Functions", 2008): σ is the share that waits for others, κ what cores cost each other in pairs. `amdahl` is the law
 * with κ = 0 and σ, the serial share, at most 1: `T(N) = t1 · (σ + (1 − σ)/N)`.
 */
export interface ScalingLaw {
  readonly law: ScalingLawName;
  /** Milliseconds with one core. */
  readonly t1: number;
  readonly sigma: number;
  readonly kappa: number;
}

export type ScalingLawName = 'amdahl' | 'universal';

export interface ScalingPoint {
  readonly coreNumber: number;
  /** Best a median over many requests, which single slow ones do not move. */
  readonly milliseconds: number;
}

/** How well a law predicts a point that it was not fitted on, as shares of the time: 0.02 is 2 %. */
export interface HeldOutError {
  readonly rms: number;
  readonly worst: number;
}

/** Parameters of each law, and so the least number of different core numbers it is fitted to. */
const PARAMETERS: Record<ScalingLawName, number> = { amdahl: 2, universal: 3 };

/** Milliseconds that a law predicts for a core number. */
export function predictTime({ t1, sigma, kappa }: ScalingLaw, coreNumber: number): number {
  return (t1 * (1 + sigma * (coreNumber - 1) + kappa * coreNumber * (coreNumber - 1))) / coreNumber;
}

/** The core number, not rounded, from which on more cores make it slower: `√((1 − σ)/κ)`; null where there is none. */
export function fastestCoreNumber({ sigma, kappa }: ScalingLaw): number | null {
  if (kappa > 0) return Math.sqrt(Math.max(1, (1 - sigma) / kappa));
  return sigma < 1 ? null : 1;
}

/**
 * The law whose logarithm is nearest to that of the times in the sense of least squares, with σ, κ >= 0 (and σ <= 1 for
 * Amdahl's). `N·T(N)` is linear in the coefficients `t1, t1σ, t1κ`, so that each choice of coefficients that are not 0 is
 * one linear problem; Gauss–Newton steps carry it from times to their logarithms.
 * @returns null where there are fewer different core numbers than the law has parameters: 2 and 3.
 * @throws RangeError for a time that is not a finite number above 0, or a core number that is not a positive integer.
 */
export function fitScalingLaw(points: readonly ScalingPoint[], law: ScalingLawName): ScalingLaw | null {
  for (const { coreNumber, milliseconds } of points) {
    if (!Number.isInteger(coreNumber) || coreNumber < 1 || !(milliseconds > 0 && milliseconds < Infinity)) {
      throw new RangeError(
        `cannot fit a scaling law to ${milliseconds} ms with ${coreNumber} cores: give times above 0 and core numbers from 1`,
      );
    }
  }
  if (new Set(points.map(({ coreNumber }) => coreNumber)).size < PARAMETERS[law]) return null;
  let best: { fitted: ScalingLaw; error: number } | null = null;
  for (const form of FORMS[law]) {
    const fitted = fitForm(points, law, form);
    if (fitted === null) continue;
    const error = points.reduce((sum, point) => sum + logError(fitted, point) ** 2, 0);
    // A form with fewer coefficients comes first and stays where one with more is no better.
    if (best === null || error < best.error) best = { fitted, error };
  }
  return best?.fitted ?? null;
}

/**
 * Leaves out one point after the other, fits to the rest and predicts it.
 * @returns null where the rest has too few different core numbers.
 * @throws RangeError as `fitScalingLaw` does.
 */
export function heldOutError(points: readonly ScalingPoint[], law: ScalingLawName): HeldOutError | null {
  const errors: number[] = [];
  for (const [index, point] of points.entries()) {
    const fitted = fitScalingLaw(points.toSpliced(index, 1), law);
    if (fitted === null) return null;
    errors.push(Math.abs(Math.expm1(logError(fitted, point))));
  }
  if (errors.length === 0) return null;
  return {
    rms: Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length),
    worst: Math.max(...errors),
  };
}

function logError(law: ScalingLaw, { coreNumber, milliseconds }: ScalingPoint): number {
  return Math.log(predictTime(law, coreNumber) / milliseconds);
}

/** Columns of the linear problem for `N·T(N)`, and the law that their coefficients mean; null for a forbidden one. */
interface Form {
  readonly columns: readonly ((coreNumber: number) => number)[];
  meaning(coefficients: readonly number[]): Omit<ScalingLaw, 'law'> | null;
}

const ONE = (): number => 1;
const OTHERS = (n: number): number => n - 1;
const PAIRS = (n: number): number => n * (n - 1);

const FORMS: Record<ScalingLawName, readonly Form[]> = {
  amdahl: [
    { columns: [ONE], meaning: ([t1]) => ({ t1: t1!, sigma: 0, kappa: 0 }) },
    { columns: [(n) => n], meaning: ([t1]) => ({ t1: t1!, sigma: 1, kappa: 0 }) },
    {
      columns: [ONE, OTHERS],
      meaning: ([t1, serial]) =>
        serial! >= 0 && serial! <= t1! ? { t1: t1!, sigma: serial! / t1!, kappa: 0 } : null,
    },
  ],
  universal: [
    { columns: [ONE], meaning: ([t1]) => ({ t1: t1!, sigma: 0, kappa: 0 }) },
    {
      columns: [ONE, OTHERS],
      meaning: ([t1, serial]) => (serial! >= 0 ? { t1: t1!, sigma: serial! / t1!, kappa: 0 } : null),
    },
    {
      columns: [ONE, PAIRS],
      meaning: ([t1, pairs]) => (pairs! >= 0 ? { t1: t1!, sigma: 0, kappa: pairs! / t1! } : null),
    },
    {
      columns: [ONE, OTHERS, PAIRS],
      meaning: ([t1, serial, pairs]) =>
        serial! >= 0 && pairs! >= 0 ? { t1: t1!, sigma: serial! / t1!, kappa: pairs! / t1! } : null,
    },
  ],
};

const MOST_STEPS = 100;
const STEP_TOLERANCE = 1e-13;

function fitForm(points: readonly ScalingPoint[], law: ScalingLawName, form: Form): ScalingLaw | null {
  const work = points.map(({ coreNumber, milliseconds }) => coreNumber * milliseconds);
  let predicted = work;
  let coefficients: number[] | null = null;
  for (let step = 0; step < MOST_STEPS; step++) {
    // log y − log m to first order around the last m: rows and target divided by m, target m·(1 + log(y/m)).
    const rows = points.map(({ coreNumber }, i) =>
      form.columns.map((column) => column(coreNumber) / predicted[i]!),
    );
    const target = work.map((value, i) => 1 + Math.log(value / predicted[i]!));
    coefficients = solveLeastSquares(rows, target);
    if (coefficients === null) return null;
    const solved = coefficients;
    const next = points.map(({ coreNumber }) =>
      form.columns.reduce((sum, column, j) => sum + solved[j]! * column(coreNumber), 0),
    );
    if (next.some((value) => !(value > 0))) return null;
    const change = Math.max(...next.map((value, i) => Math.abs(value / predicted[i]! - 1)));
    predicted = next;
    if (change < STEP_TOLERANCE) break;
  }
  if (coefficients === null || !(coefficients[0]! > 0)) return null;
  const meaning = form.meaning(coefficients);
  return meaning && { law, ...meaning };
}
