import { createRandom, type Random } from '../../reference/random.ts';
import { normalAtMost, normalQuantile } from '../../reference/statistics/normal.ts';
import * as fitted from './fitted-laws.ts';
import { GrowingColumns, type Population, populationOf, rightAt } from './population-columns.ts';

/** A port: an int16 one, with some of what int8 does. */
export interface FittedPort {
  /** How much of int8's moves is added to each detection, and of its losses: 0 to 1. */
  readonly int8Strength: number;
  /** Share of the images on which all of it is. */
  readonly int8Images: number;
}

export const INT16: FittedPort = { int8Strength: 0, int8Images: 0 };

export interface FittedPopulationOptions {
  readonly seed: number;
  readonly images: number;
  readonly categories: number;
  /** The category of rank r is drawn in proportion to r to this power, negated. */
  readonly exponent: number;
  readonly backends: readonly FittedPort[];
}

/** Standard deviation of the categories' part in how easy an object is, of 1 in all: hit shares of categories differ by 0.2. */
const OF_CATEGORY = 0.45;

/** Most detections of a category that are looked at in an image. */
const LIMIT = 100;

/**
 * Outcomes of matching, drawn from the laws of `fitted-laws.ts`: numbers of objects and of false alarms that come in clusters,
 * scores and IoUs of hits, and moves of both by a port that are tiny for most detections and large for a few. Only the
 * frequencies of the categories are made up, as a power law.
 */
export function generateFittedPopulation(options: FittedPopulationOptions): Population {
  const { images, categories, exponent } = options;
  const random = createRandom(options.seed);
  const drawCategory = categoriesByRank(random, categories, exponent);
  const easeOf = Array.from({ length: categories }, () => OF_CATEGORY * random.gaussian());
  const objects = new GrowingColumns();
  const ports = options.backends.map(
    (port, b) => new PortColumns(port, createRandom(options.seed + 1000 + b)),
  );
  for (let i = 0; i < images; i++) {
    for (const port of ports) port.startImage();
    const ease = Math.sqrt(fitted.COMMON_TO_IMAGE) * random.gaussian();
    const present = new Set(
      Array.from({ length: count(fitted.CATEGORIES_PER_IMAGE, random.next()) }, drawCategory),
    );
    for (const category of present) {
      const many = random.gaussian();
      const number = count(fitted.OBJECTS, normalAtMost(many));
      const common = ease + easeOf[category]!;
      const own = Math.sqrt(1 - fitted.COMMON_TO_IMAGE - OF_CATEGORY ** 2);
      for (let o = 0; o < number; o++) {
        const size = drawShare(random, fitted.SIZES[number === 1 ? 0 : number <= 3 ? 1 : 2]);
        objects.push(category, 0, 0, size);
        if (common + own * random.gaussian() < -normalQuantile(fitted.FOUND_SHARE[size]!)) continue;
        const sure = common + own * random.gaussian();
        const exact = correlated(random, sure, fitted.SCORE_WITH_IOU[size]!);
        const logit = quantileOf(fitted.HIT_LOGITS[size]!, normalAtMost(sure));
        const iou = quantileOf(fitted.HIT_IOUS[size]!, normalAtMost(exact));
        for (const port of ports) port.addHit(category, logit, iou, size);
      }
      const alarms = correlated(random, many, 2 * Math.sin((Math.PI / 6) * fitted.ALARMS_WITH_OBJECTS));
      const found = count(fitted.ALARMS_OF_PRESENT, normalAtMost(alarms));
      addAlarms(random, ports, category, Math.min(found, LIMIT - number), fitted.PRESENT_ALARM_LOGITS);
    }
    const absent = new Set(
      Array.from({ length: count(fitted.ABSENT_CLUSTERS, random.next()) }, drawCategory),
    );
    for (const category of absent) {
      if (present.has(category)) continue;
      const found = count(fitted.ALARMS_OF_ABSENT, random.next());
      addAlarms(random, ports, category, Math.min(found, LIMIT), fitted.ABSENT_ALARM_LOGITS);
    }
    objects.endImage();
    for (const port of ports) port.columns.endImage();
  }
  return populationOf(
    objects,
    ports.map(({ columns }) => columns),
    categories,
  );
}

function addAlarms(
  random: Random,
  ports: readonly PortColumns[],
  category: number,
  number: number,
  logits: fitted.Law,
): void {
  const common = random.gaussian();
  for (let f = 0; f < number; f++) {
    const sure = correlated(random, common, Math.sqrt(fitted.COMMON_TO_IMAGE));
    const logit = quantileOf(logits, normalAtMost(sure));
    const size = drawShare(random, fitted.ALARM_SIZES);
    for (const port of ports) port.addAlarm(category, logit, size);
  }
}

/** What one port makes of the detections. */
class PortColumns {
  readonly columns = new GrowingColumns();
  private readonly port: FittedPort;
  private readonly random: Random;
  private int8 = 0;
  private common = 0;

  constructor(port: FittedPort, random: Random) {
    this.port = port;
    this.random = random;
  }

  startImage(): void {
    this.int8 = this.random.next() < this.port.int8Images ? 1 : this.port.int8Strength;
    this.common = this.random.gaussian();
  }

  addHit(category: number, logit: number, iou: number, size: number): void {
    const { random, int8 } = this;
    let newLogit = logit + signed(random, fitted.INT16_HIT_LOGIT);
    let newIou = iou + signed(random, fitted.INT16_HIT_IOU);
    if (int8 > 0) {
      if (random.next() < int8 * fitted.INT8_LOST_HITS) return;
      newLogit += int8 * this.int8Move(fitted.INT8_HIT_LOGIT);
      newIou += int8 * quantileOf(fitted.INT8_HIT_IOU, random.next());
    }
    this.columns.push(category, sigmoid(newLogit), rightAt(Math.min(newIou, 0.9999)), size);
  }

  addAlarm(category: number, logit: number, size: number): void {
    const { random, int8 } = this;
    let newLogit = logit + signed(random, fitted.INT16_ALARM_LOGIT);
    if (int8 > 0) {
      if (random.next() < int8 * fitted.INT8_LOST_ALARMS) return;
      newLogit += int8 * this.int8Move(fitted.INT8_ALARM_LOGIT);
    }
    this.columns.push(category, sigmoid(newLogit), 0, size);
  }

  private int8Move(law: fitted.Law): number {
    const z = correlated(this.random, this.common, Math.sqrt(fitted.INT8_COMMON_TO_IMAGE));
    return quantileOf(law, normalAtMost(z));
  }
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Standard normal, with this correlation to another one. */
const correlated = (random: Random, other: number, correlation: number): number =>
  correlation * other + Math.sqrt(1 - correlation ** 2) * random.gaussian();

/** Between two quantiles a straight line. */
function quantileOf(law: fitted.Law, u: number, levels: readonly number[] = fitted.LEVELS): number {
  let next = 1;
  while (next < levels.length - 1 && levels[next]! < u) next++;
  const share = (u - levels[next - 1]!) / (levels[next]! - levels[next - 1]!);
  return law[next - 1]! + share * (law[next]! - law[next - 1]!);
}

const count = (law: fitted.Law, u: number): number => Math.round(quantileOf(law, u));

/** Either way, as far as the law of the magnitude says; between two quantiles its logarithm is a straight line. */
function signed(random: Random, magnitude: fitted.Law): number {
  const u = random.next();
  const sign = random.next() < 0.5 ? -1 : 1;
  return sign * Math.exp(quantileOf(logarithms(magnitude), u, fitted.MAGNITUDE_LEVELS));
}

const known = new Map<fitted.Law, fitted.Law>();
function logarithms(law: fitted.Law): fitted.Law {
  const found = known.get(law) ?? law.map((value) => Math.log(value));
  known.set(law, found);
  return found;
}

function drawShare(random: Random, shares: readonly number[]): number {
  let u = random.next();
  let i = 0;
  while (i < shares.length - 1 && u >= shares[i]!) u -= shares[i++]!;
  return i;
}

function categoriesByRank(random: Random, categories: number, exponent: number): () => number {
  const shares = Array.from({ length: categories }, (_, k) => (k + 1) ** -exponent);
  const total = shares.reduce((sum, share) => sum + share, 0);
  const normalized = shares.map((share) => share / total);
  return () => drawShare(random, normalized);
}
