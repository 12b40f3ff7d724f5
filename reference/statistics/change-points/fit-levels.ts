/** A stretch of nights at one level: `start` … `end − 1`. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
  /** One of the values of the series. */
  readonly level: number;
}

export interface LevelCosts {
  /** A value no further than this from its level costs nothing. */
  readonly tolerance: number;
  /** What one further away costs: its squared distance times this, at most `most`, so that a spike counts no more. */
  readonly perSquare: number;
  readonly most: number;
  /** What a change of level costs. */
  readonly perChange: number;
  /** Levels that follow each other differ by more than this. */
  readonly leastChange: number;
}

/**
 * The piecewise constant series that costs least: the losses of all values about their levels plus `perChange` for each
 * change. Levels are values of the series, so that the least is found exactly by going through the nights once and keeping
 * for every level what the best way to it has cost (Viterbi; the discrete form of the functional pruning of Fearnhead and
 * Rigaill, Changepoint detection in the presence of outliers, JASA 2019). Nights × distinct values in time and memory.
 *
 * Of ways that cost the same the one with the earlier change wins, and of levels the lower.
 * @param values at least one and at most 65,534, finite.
 */
export function fitLevels(values: readonly number[], costs: LevelCosts): Stretch[] {
  const levels = Float64Array.from(new Set(values)).sort();
  const best = new Float64Array(levels.length);
  /** For each night and level 1 + the place of the level before; 0 where nothing changed. */
  const came = new Uint16Array(values.length * levels.length);
  for (let night = 0; night < values.length; night++) {
    if (night > 0) changeLevels(best, came.subarray(night * levels.length), levels, costs);
    addLosses(best, values[night]!, levels, costs);
  }
  return traceBack(levels, came, placeOfLeast(best), values.length);
}

/** What a value costs that is `offset` off its level. */
export function lossOf(offset: number, { tolerance, perSquare, most }: LevelCosts): number {
  return Math.abs(offset) <= tolerance ? 0 : Math.min(offset * offset * perSquare, most);
}

function addLosses(best: Float64Array, value: number, levels: Float64Array, costs: LevelCosts): void {
  for (let i = 0; i < levels.length; i++) best[i]! += lossOf(value - levels[i]!, costs);
}

/** Lets every level be come to from a better one, from the ways as they were a night ago. */
function changeLevels(best: Float64Array, came: Uint16Array, levels: Float64Array, costs: LevelCosts): void {
  const { perChange, leastChange } = costs;
  const least = placeOfLeast(best);
  const cost = best[least]! + perChange;
  let before: Float64Array | null = null;
  for (let to = 0; to < levels.length; to++) {
    if (!(cost < best[to]!)) continue;
    before ??= best.slice();
    const source =
      Math.abs(levels[to]! - levels[least]!) > leastChange
        ? least
        : placeOfLeast(before, (i) => Math.abs(levels[to]! - levels[i]!) > leastChange);
    if (source < 0 || !(before[source]! + perChange < best[to]!)) continue;
    best[to] = before[source]! + perChange;
    came[to] = source + 1;
  }
}

/** −1 where none is allowed. */
function placeOfLeast(costs: Float64Array, allowed?: (place: number) => boolean): number {
  let least = -1;
  for (let i = 0; i < costs.length; i++) {
    if ((least < 0 || costs[i]! < costs[least]!) && (allowed === undefined || allowed(i))) least = i;
  }
  return least;
}

function traceBack(levels: Float64Array, came: Uint16Array, last: number, nights: number): Stretch[] {
  const stretches: Stretch[] = [];
  let end = nights;
  let place = last;
  for (let night = nights - 1; night > 0; night--) {
    const from = came[night * levels.length + place]! - 1;
    if (from < 0) continue;
    stretches.push({ start: night, end, level: levels[place]! });
    end = night;
    place = from;
  }
  stretches.push({ start: 0, end, level: levels[place]! });
  return stretches.reverse();
}
