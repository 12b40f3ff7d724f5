import { createRandom, type Random } from '../../../../reference/random.ts';
import type { Detector } from './detectors.ts';
import { drawSpikes, generateNights, type NoiseKind } from './generated-nights.ts';

/** A reported change is that of the planted one where it is no further from it. */
const NEAR = 7;
export const YEAR = 365;

/** A year with nothing to find: what is found is a false alarm. */
export interface QuietYears {
  readonly years: number;
  readonly falseAlarmsPerYear: number;
  readonly yearsWithout: number;
}

export interface YearOptions {
  readonly detect: Detector;
  readonly noise: NoiseKind;
  readonly spikes: boolean;
  readonly missing: number;
  readonly years: number;
  readonly seed: number;
}

/** Looks every night of each year at all nights until then, as a nightly job does. */
export function countFalseAlarms(options: YearOptions): QuietYears {
  const random = createRandom(options.seed);
  let alarms = 0;
  let yearsWithout = 0;
  for (let year = 0; year < options.years; year++) {
    const planted = options.spikes ? drawSpikes(random, YEAR, -100) : [];
    const nights = generateNights(random, { ...options, nights: YEAR, planted });
    const told: number[] = [];
    for (let night = 1; night <= YEAR; night++) {
      for (const index of options.detect(nights.slice(0, night), random)) {
        if (!told.some((other) => Math.abs(other - index) <= NEAR)) told.push(index);
      }
    }
    alarms += told.length;
    if (told.length === 0) yearsWithout++;
  }
  return { years: options.years, falseAlarmsPerYear: alarms / options.years, yearsWithout };
}

/** Years with one change at a night of 60 … 300. */
export interface FoundChanges {
  readonly years: number;
  /** Share told within 10, 30 and 60 nights. */
  readonly within10: number;
  readonly within30: number;
  readonly within60: number;
  /** Nights at the new level until it is told, of all years; Infinity where more than 60. */
  readonly medianNights: number;
  readonly p90Nights: number;
  /** Other changes told in these looks, a year. */
  readonly othersPerYear: number;
}

export function countFound(options: YearOptions & { readonly size: number }): FoundChanges {
  const random = createRandom(options.seed);
  const delays: number[] = [];
  let others = 0;
  for (let year = 0; year < options.years; year++) {
    const { delay, others: more } = nightsUntilTold(random, options);
    delays.push(delay);
    others += more;
  }
  delays.sort((a, b) => a - b);
  const share = (most: number): number => delays.filter((delay) => delay <= most).length / delays.length;
  return {
    years: options.years,
    within10: share(10),
    within30: share(30),
    within60: share(60),
    medianNights: delays[Math.floor(delays.length / 2)]!,
    p90Nights: delays[Math.floor(delays.length * 0.9)]!,
    othersPerYear: others / options.years,
  };
}

function nightsUntilTold(
  random: Random,
  options: YearOptions & { readonly size: number },
): { delay: number; others: number } {
  const at = 60 + random.integer(240);
  const spikes = options.spikes ? drawSpikes(random, YEAR, at) : [];
  const by = options.size * (random.next() < 0.5 ? -1 : 1);
  const nights = generateNights(random, { ...options, nights: YEAR, planted: [...spikes, { at, by }] });
  const told: number[] = [];
  for (let night = at + 1; night <= Math.min(at + 60, YEAR); night++) {
    const found = options.detect(nights.slice(0, night), random);
    told.push(...found.filter((index) => !told.some((other) => Math.abs(other - index) <= NEAR)));
    if (found.some((index) => Math.abs(index - at) <= NEAR)) {
      return { delay: night - at, others: told.filter((index) => Math.abs(index - at) > NEAR).length };
    }
  }
  return { delay: Number.POSITIVE_INFINITY, others: told.length };
}

/** Years with a level that is left again for the old one after some nights. */
export interface Spells {
  /** Share told on a night of it. */
  readonly toldWhileOn: number;
  /** Share still known as two changes at the end of the year. */
  readonly keptAfter: number;
}

export function countSpells(
  options: YearOptions & { readonly size: number; readonly nights: number },
): Spells {
  const random = createRandom(options.seed);
  let told = 0;
  let kept = 0;
  for (let year = 0; year < options.years; year++) {
    const at = 60 + random.integer(240);
    const planted = [{ at, by: options.size, nights: options.nights }];
    const nights = generateNights(random, { ...options, nights: YEAR, planted });
    const isTold = (night: number): boolean =>
      options.detect(nights.slice(0, night), random).some((index) => Math.abs(index - at) <= NEAR);
    if (Array.from({ length: options.nights }, (_, i) => at + 1 + i).some(isTold)) told++;
    const last = options.detect(nights, random);
    const near = (place: number): boolean => last.some((index) => Math.abs(index - place) <= 2);
    if (near(at) && near(at + options.nights)) kept++;
  }
  return { toldWhileOn: told / options.years, keptAfter: kept / options.years };
}

/** Years with a slow rise and nothing else. */
export interface Drifts {
  /** Share of years told of, at a look on every seventh night. */
  readonly told: number;
  /** Night of the first such look, of the years told of. */
  readonly medianNight: number;
  /** Steps that it is taken for at the end. */
  readonly steps: number;
}

export function countDrifts(options: YearOptions & { readonly drift: number }): Drifts {
  const random = createRandom(options.seed);
  const first: number[] = [];
  let steps = 0;
  for (let year = 0; year < options.years; year++) {
    const nights = generateNights(random, { ...options, nights: YEAR, planted: [] });
    for (let night = 7; night <= YEAR; night += 7) {
      if (options.detect(nights.slice(0, night), random).length === 0) continue;
      first.push(night);
      break;
    }
    steps += options.detect(nights, random).length;
  }
  first.sort((a, b) => a - b);
  return {
    told: first.length / options.years,
    medianNight: first[first.length >> 1] ?? Number.POSITIVE_INFINITY,
    steps: steps / options.years,
  };
}
