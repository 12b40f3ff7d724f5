import { changeText, checkName, checkReason } from './gate/check-text.ts';
import type { GateRecord } from './gate/gate-record.ts';

/** GitHub shows ten of a kind for each step, and one of them is the verdict. */
const MOST = 9;

const LEVELS = {
  regressed: 'error',
  failed: 'error',
  'cannot-tell': 'warning',
  equivalent: 'notice',
} as const;

/**
 * Workflow commands of GitHub Actions, one a line: the verdict, which alone says what is wrong with the run as a whole, then an error
 * for each figure that regressed and a warning for each that cannot be told.
 */
export function githubAnnotations({ verdict, sentence, checks }: GateRecord): string[] {
  const single = (wanted: 'regressed' | 'cannot-tell'): string[] =>
    checks
      .filter((check) => check.verdict === wanted)
      .slice(0, MOST)
      .map((check) => annotation(LEVELS[wanted], `mlu-parity: ${checkName(check)}`, messageOf(check)));
  return [
    annotation(LEVELS[verdict], 'mlu-parity', sentence),
    ...single('regressed'),
    ...single('cannot-tell'),
  ];
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
