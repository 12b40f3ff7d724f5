import pc from 'picocolors';
import type { LintFinding, Severity } from '../../reference/lint/index.ts';
import type { LintReport, LintSection } from './lint-report.ts';

/** Findings of one code that are printed; `--json` has all. */
const MOST_OF_A_CODE = 5;

const PAINT: Readonly<Record<Severity, (text: string) => string>> = {
  error: pc.red,
  warning: pc.yellow,
  note: pc.dim,
};

/** Findings by file, the gravest first, and the verdict as the last line. */
export function lintText({ sections, verdict }: LintReport): string {
  return `${[...sections.map(sectionText), verdict].join('\n\n')}\n`;
}

function sectionText({ files, facts, findings }: LintSection): string {
  const lines = [pc.bold(files.join(' in ')), ...facts.map((fact) => `  ${fact}`)];
  for (const severity of ['error', 'warning', 'note'] as const) {
    const graded = findings.filter((finding) => finding.severity === severity);
    for (const code of new Set(graded.map((finding) => finding.code))) {
      lines.push(...codeLines(graded.filter((finding) => finding.code === code)));
    }
  }
  return lines.join('\n');
}

function codeLines(findings: readonly LintFinding[]): string[] {
  const [{ severity, code, fix }] = findings;
  const shown = findings.slice(0, MOST_OF_A_CODE).map(({ message }) => {
    return `  ${PAINT[severity](severity)} ${code}: ${message}`;
  });
  const more = findings.length - shown.length;
  if (more > 0) shown.push(`    … and ${more} more of them; --json has all`);
  return [...shown, `    ${pc.dim('→')} ${fix}`];
}
