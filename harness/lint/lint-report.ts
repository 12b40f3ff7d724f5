import type { LintFinding, Severity } from '../../reference/lint/index.ts';
import type { BiasMatch, LayerMatch } from '../../reference/offline/index.ts';
import { EXIT, type ExitCode } from '../errors.ts';

/** What lint says of one file, or of a checkpoint and a model together. */
export interface LintSection {
  readonly kind: 'checkpoint' | 'offline-model' | 'twins' | 'pair';
  /** One file, or the checkpoint and the model. */
  readonly files: readonly string[];
  /** What the file is, in a few words each. */
  readonly facts: readonly string[];
  readonly findings: readonly LintFinding[];
  /** Of a pair: the search for its weights. */
  readonly layers?: readonly LayerMatch[];
  readonly biases?: readonly BiasMatch[];
}

/** The JSON document of `mlu-parity lint`. */
export interface LintReport {
  readonly sections: readonly LintSection[];
  readonly counts: Readonly<Record<Severity, number>>;
  readonly exitCode: ExitCode;
  readonly verdict: string;
}

/** Findings counted, and what they come to: errors before an unknown layout before clean. */
export function lintReport(sections: readonly LintSection[]): LintReport {
  const findings = sections.flatMap((section) => section.findings);
  const count = (severity: Severity): number =>
    findings.filter((finding) => finding.severity === severity).length;
  const counts = { error: count('error'), warning: count('warning'), note: count('note') };
  const unknown = findings.find(({ code }) => code === 'layout-unknown');
  const warned = counts.warning > 0 ? `, ${plural(counts.warning, 'warning')}` : '';
  if (counts.error > 0) {
    const codes = new Set(findings.filter(({ severity }) => severity === 'error').map(({ code }) => code));
    const verdict = `not clean: ${plural(counts.error, 'error')} (${[...codes].join(', ')})${warned}`;
    return { sections, counts, exitCode: EXIT.regression, verdict };
  }
  if (unknown) {
    const verdict = `cannot tell: ${unknown.message}${warned}`;
    return { sections, counts, exitCode: EXIT.inconclusive, verdict };
  }
  return { sections, counts, exitCode: EXIT.pass, verdict: `clean: no errors${warned}` };
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
