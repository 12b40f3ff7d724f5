import type { TuneResult } from './record/index.ts';

/** What a tuning is of, for a heading: never without where its times come from. */
export function tuningTitle({ source }: TuneResult): string {
  return `Core number of ${source.backend} on ${source.device} (${source.latencyProvenance})`;
}

/** What a tuning found, what stands against it, and the line to paste. */
export function tuningText(tuning: TuneResult): string {
  const warnings = tuning.warnings.map((warning) => `warning: ${warning}`);
  const paste = tuning.paste === null ? [] : [tuning.paste];
  return [tuningTitle(tuning), tuning.verdict.sentence, ...warnings, ...paste].join('\n');
}
