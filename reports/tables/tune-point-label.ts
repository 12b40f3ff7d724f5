import { formatCount } from '../format-figures.ts';
import type { TuneResult, TuneResultPoint } from '../record/tune-result.ts';
import { coreNoun } from './core-number.ts';

/** `4 cores, batch 2, 4 contexts`; batch and contexts are left out where the result has only one of them. */
export function tunePointLabel(
  { source, points }: Pick<TuneResult, 'source' | 'points'>,
  { coreNumber, batch, contexts }: Pick<TuneResultPoint, 'coreNumber' | 'batch' | 'contexts'>,
): string {
  return [
    formatCount(coreNumber, coreNoun(source.device)),
    ...(points.every((point) => point.batch === 1) ? [] : [`batch ${batch}`]),
    ...(points.every((point) => point.contexts === 1) ? [] : [formatCount(contexts, 'context')]),
  ].join(', ');
}
