import type { GateRecord } from '../gate/gate-record.ts';
import type { FigureUnit } from './format-value.ts';

/** One figure over the nights that can be compared, as the page shows it. */
export interface FigureTrend extends FigureUnit {
  readonly metric: string;
  /** Name of a category; empty for all. */
  readonly category: string;
  /** Backend with its provenance, and of a time the core number, batch and clock. */
  readonly label: string;
  /**
   * By what it is another series than the latest one of its label, which it cannot be compared with: `weights 75f4b0a1 → 3c9d22e0`;
   * empty for the latest.
   */
  readonly differs: string;
  readonly points: readonly TrendPoint[];
  readonly levels: readonly TrendLevel[];
  readonly changes: readonly TrendChange[];
  /** Standard deviation from night to night, in the unit; null where there are too few nights. */
  readonly noise: number | null;
}

export interface TrendPoint {
  readonly run: number;
  readonly startedAt: string;
  readonly value: number | null;
  /** 95 % interval of the night's own. */
  readonly interval: readonly [number, number] | null;
  readonly isSpike: boolean;
}

export interface TrendLevel {
  readonly from: string;
  readonly to: string;
  readonly level: number;
  readonly nights: number;
}

export interface TrendChange {
  readonly run: number;
  readonly runBefore: number;
  readonly startedAt: string;
  readonly before: number;
  readonly after: number;
  readonly size: number;
  readonly interval: readonly [number, number];
  readonly isWorse: boolean;
  readonly nightsAfter: number;
  /** What else became different: commit, versions, machine; empty where nothing did. */
  readonly environment: string;
}

export interface NightlyRun {
  readonly id: number;
  readonly startedAt: string;
  readonly status: string;
  readonly exitCode: number;
  readonly sentence: string;
  readonly commit: string | null;
  readonly baselines: readonly string[];
  /** AP by backend, of those that finished and whose series is shown. */
  readonly ap: Readonly<Record<string, number | null>>;
  /** By what its figures cannot be compared with the latest; empty where they can. */
  readonly differs: string;
  /** What the last gate said of it; null where none did. */
  readonly verdict: GateRecord['verdict'] | null;
}

/** All that the nightly page shows of a history. */
export interface NightlyView {
  readonly name: string;
  /** The last verdict of a gate; null where none has been recorded. */
  readonly gate: GateRecord | null;
  readonly trends: readonly FigureTrend[];
  /** Series of older runs that are too many to be shown, and the runs in them, by metric; metrics without are left out. */
  readonly leftOut: Readonly<Record<string, { readonly series: number; readonly runs: number }>>;
  /** What is odd of the runs, as a date in the future. */
  readonly warnings: readonly string[];
  /** By time. */
  readonly runs: readonly NightlyRun[];
}
