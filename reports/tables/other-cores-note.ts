import { formatCount, formatSmall } from '../format-figures.ts';
import type { BackendRecord, OutputAgreement } from '../record/index.ts';
import { backendLabel } from './report-table.ts';

/**
 * What the step to another core number is known to do. Images are scored at one alone; of the others the outputs that were timed were
 * held against the scored ones, which says whether there is a step at all, and not what it costs in AP.
 */
export function otherCoresNote(backend: BackendRecord): string[] {
  const { coreNumber, latency } = backend;
  if (backend.timedOn === undefined) return [];
  const others = latency.filter((point) => point.coreNumber !== coreNumber && point.output !== null);
  if (others.length === 0) return [];
  const sum = (of: (output: OutputAgreement) => number): number =>
    others.reduce((total, { output }) => total + of(output!), 0);
  const compared = sum((output) => output.compared);
  const equal = sum((output) => output.bitEqual);
  const far = others.map(({ output }) => output!.maxAbs);
  const apart = far.includes(null)
    ? 'by NaN or infinity'
    : `by up to ${formatSmall(Math.max(...far.map(Number)))}`;
  const found =
    equal === compared
      ? 'all equal to the bit'
      : `${compared - equal} of them off ${apart}; --score-core says what that costs in AP`;
  const cores = [...new Set(others.map((point) => point.coreNumber))].sort((a, b) => a - b).join(', ');
  return [
    `${backendLabel(backend)} at core numbers ${cores}: ${formatCount(compared, 'output')} held against those scored at ${coreNumber}, ${found}`,
  ];
}
