import { changeText, checkName, checkReason } from './gate/check-text.ts';
import type { GateRecord } from './gate/gate-record.ts';

/** GitHub shows ten of a kind for each step. */
const MOST = 10;

/**
 * Workflow commands of GitHub Actions, one a line: an error for each figure that regressed, a warning for each that cannot be told,
 * a notice for a pass.
 */
export function githubAnnotations({ verdict, sentence, checks }: GateRecord): string[] {
  const single = (wanted: GateRecord['checks'][number]['verdict'], level: 'error' | 'warning'): string[] =>
    checks
      .filter((check) => check.verdict === wanted)
      .slice(0, MOST)
      .map((check) => annotation(level, `mlu-parity: ${checkName(check)}`, messageOf(check)));
  const found = [...single('regressed', 'error'), ...single('cannot-tell', 'warning')];
  if (verdict === 'equivalent') return [annotation('notice', 'mlu-parity', sentence)];
  // A run that failed or has no baseline may have no figure to show.
  return found.length === 0 || verdict === 'failed'
    ? [annotation(verdict === 'cannot-tell' ? 'warning' : 'error', 'mlu-parity', sentence), ...found]
    : found;
}

/** One that says that something could not be done. */
export const githubError = (message: string): string => annotation('error', 'mlu-parity', message);

function messageOf(check: GateRecord['checks'][number]): string {
  const reason = checkReason(check);
  return `${changeText(check)}${reason === '' ? '' : `: ${reason}`}`;
}

function annotation(level: 'error' | 'warning' | 'notice', title: string, message: string): string {
  return `::${level} title=${escapeProperty(title)}::${escapeData(message)}`;
}

/** The runner takes these back: a message is one line, whatever is in it. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
