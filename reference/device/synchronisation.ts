/** What handing a launch to the card costs, and what each further core adds to it, in ms. */
export interface Synchronisation {
  readonly launchMs: number;
  readonly perCoreMs: number;
}

/**
 * Assumed, since no figure is published: a launch from the host of 10 µs where each operator is launched by itself (online),
 * none where the whole network is one launch (offline); and 0.2 µs of barrier for each further core and launch. Measured
 * points of a card replace them: `fitSynchronisation`.
 */
export const ASSUMED_SYNCHRONISATION = {
  online: { launchMs: 0.01, perCoreMs: 0.0002 },
  offline: { launchMs: 0, perCoreMs: 0.0002 },
} as const satisfies Record<string, Synchronisation>;

/** Milliseconds of a number of launches on `cores` cores. */
export function synchronisationMs(
  { launchMs, perCoreMs }: Synchronisation,
  launches: number,
  cores: number,
): number {
  return launches * (launchMs + perCoreMs * (cores - 1));
}

/** One latency that was measured on a card, beside what the model gives for it without synchronisation. */
export interface MeasuredOnCores {
  readonly cores: number;
  readonly launches: number;
  readonly measuredMs: number;
  readonly modelledMs: number;
}

/**
 * The synchronisation with the least sum of squared differences `measuredMs − modelledMs − synchronisationMs`, neither part
 * below 0: the normal equations of two unknowns, or where a part comes out negative the better of the two fits with one.
 * @throws RangeError for points that all have the same core number, from which the two parts cannot be told, or for figures
 *   that are none.
 */
export function fitSynchronisation(points: readonly MeasuredOnCores[]): Synchronisation {
  if (new Set(points.map(({ cores }) => cores)).size < 2) {
    throw new RangeError(
      'cannot fit synchronisation to points of one core number: give points of at least two',
    );
  }
  const rows = points.map(({ cores, launches, measuredMs, modelledMs }) => {
    const rest = measuredMs - modelledMs;
    if (!(Number.isFinite(rest) && launches >= 1 && Number.isInteger(cores) && cores >= 1)) {
      throw new RangeError(
        `cannot fit synchronisation to ${measuredMs} ms measured and ${modelledMs} ms modelled of ${launches} launches on ` +
          `${cores} cores: give finite times and counts from 1`,
      );
    }
    return [launches, launches * (cores - 1), rest] as const;
  });
  const sum = (i: number, j: number): number => rows.reduce((total, row) => total + row[i]! * row[j]!, 0);
  const [aa, ab, bb, ay, by] = [sum(0, 0), sum(0, 1), sum(1, 1), sum(0, 2), sum(1, 2)];
  const determinant = aa * bb - ab * ab;
  const launchMs = (ay * bb - by * ab) / determinant;
  const perCoreMs = (aa * by - ab * ay) / determinant;
  if (launchMs >= 0 && perCoreMs >= 0) return { launchMs, perCoreMs };
  // What each fit with one part takes off the sum of squares: (Σ part · rest)² / Σ part².
  const launchAlone = Math.max(0, ay) ** 2 / aa;
  const perCoreAlone = Math.max(0, by) ** 2 / bb;
  return launchAlone >= perCoreAlone
    ? { launchMs: Math.max(0, ay / aa), perCoreMs: 0 }
    : { launchMs: 0, perCoreMs: Math.max(0, by / bb) };
}
