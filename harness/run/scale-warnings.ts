import type { QuantizationFinding } from '../../reference/quantize/index.ts';

const SHOWN_FINDINGS = 3;

/** What is odd about scales, the first few of it. */
export function scaleWarnings(findings: readonly QuantizationFinding[], source: string): string[] {
  const shown = findings.slice(0, SHOWN_FINDINGS).map(({ message }) => `${source}: ${message}`);
  const more = findings.length - shown.length;
  return more > 0 ? [...shown, `${source}: ${more} more findings of this kind`] : shown;
}
