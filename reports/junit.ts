import {
  changeText,
  checkBudget,
  checkDifference,
  checkInterval,
  checkReason,
  requiredBudget,
} from './gate/check-text.ts';
import type { GateCheck, GateRecord } from './gate/gate-record.ts';
import { VERDICT_WORDS } from './gate/gate-sentence.ts';
import { escapeHtml } from './html/escape-html.ts';

export interface JunitOptions {
  /**
   * What a figure is that cannot be told: `skipped`, since a failure says that it regressed, or `failure` for a server that must
   * show it.
   */
  readonly cannotTell: 'skipped' | 'failure';
}

/**
 * What a gate says as JUnit XML: a test suite a backend, a test case a figure, and one suite `gate` for the verdict, which a run
 * without figures has too. A failure carries its evidence: measured, allowed, required.
 */
export function junitXml(record: GateRecord, { cannotTell }: JunitOptions): string {
  const { checks, judgedAt } = record;
  const backends = [...new Set(checks.map(({ backend }) => backend))];
  const suites = [
    suiteOf('gate', judgedAt, [verdictCase(record, cannotTell)]),
    ...backends.map((backend) =>
      suiteOf(
        backend,
        judgedAt,
        checks.filter((check) => check.backend === backend).map((check) => checkCase(check, cannotTell)),
      ),
    ),
  ];
  return document(suites);
}

/** Of a gate that could not judge at all. */
export function junitError(message: string, judgedAt: string): string {
  return document([
    suiteOf('gate', judgedAt, [
      { name: 'verdict', suite: 'gate', outcome: 'error', type: VERDICT_WORDS.failed, message, evidence: '' },
    ]),
  ]);
}

interface TestCase {
  readonly name: string;
  readonly suite: string;
  readonly outcome: 'passed' | 'failure' | 'error' | 'skipped';
  /** The verdict: of what a failure or an error is. */
  readonly type: string;
  readonly message: string;
  readonly evidence: string;
}

interface Suite {
  readonly markup: string;
  readonly cases: readonly TestCase[];
}

function verdictCase(
  { verdict, sentence, notes }: GateRecord,
  cannotTell: JunitOptions['cannotTell'],
): TestCase {
  const outcome = {
    regressed: 'failure',
    equivalent: 'passed',
    failed: 'error',
    'cannot-tell': cannotTell,
  } as const;
  return {
    ...{
      name: 'verdict',
      suite: 'gate',
      outcome: outcome[verdict],
      type: VERDICT_WORDS[verdict],
      message: sentence,
    },
    evidence: notes.join('\n'),
  };
}

function checkCase(check: GateCheck, cannotTell: JunitOptions['cannotTell']): TestCase {
  const { backend, metric, point, kind, verdict } = check;
  const reason = checkReason(check);
  const outcome = { regressed: 'failure', equivalent: 'passed', 'cannot-tell': cannotTell } as const;
  return {
    name: [metric, point, kind === 'series' ? 'over the nights' : 'against the baseline']
      .filter(Boolean)
      .join(', '),
    ...{ suite: backend, outcome: outcome[verdict], type: VERDICT_WORDS[verdict] },
    message: `${VERDICT_WORDS[verdict]}: ${changeText(check)}${reason === '' ? '' : ` (${reason})`}`,
    evidence: evidenceOf(check),
  };
}

function evidenceOf(check: GateCheck): string {
  const required = requiredBudget(check);
  return [
    `measured: ${checkDifference(check.difference, check)}, 95 % interval ${checkInterval(check)}`,
    `allowed:  ${checkBudget(check)}`,
    `required: ${required === null ? 'an interval' : `a budget of at least ${required}`} to pass`,
  ].join('\n');
}

function suiteOf(name: string, judgedAt: string, cases: readonly TestCase[]): Suite {
  const attributes = `name="${escapeXml(name)}" ${countsOf(cases)} time="0" timestamp="${escapeXml(judgedAt.slice(0, 19))}" hostname="mlu-parity"`;
  return {
    cases,
    markup: `<testsuite ${attributes}>\n${cases.map(caseMarkup).join('\n')}\n</testsuite>`,
  };
}

function countsOf(cases: readonly TestCase[]): string {
  const count = (wanted: TestCase['outcome']): number =>
    cases.filter(({ outcome }) => outcome === wanted).length;
  return `tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}" skipped="${count('skipped')}"`;
}

function caseMarkup({ name, suite, outcome, type, message, evidence }: TestCase): string {
  const open = `<testcase name="${escapeXml(name)}" classname="mlu-parity.${escapeXml(suite)}" time="0"`;
  if (outcome === 'passed') return `${open}><system-out>${escapeXml(message)}</system-out></testcase>`;
  // Older readers take no text in `skipped`.
  const body =
    outcome === 'skipped'
      ? `<skipped message="${escapeXml(message)}"/><system-out>${escapeXml(evidence)}</system-out>`
      : `<${outcome} message="${escapeXml(message)}" type="${type}">${escapeXml(evidence)}</${outcome}>`;
  return `${open}>${body}</testcase>`;
}

function document(suites: readonly Suite[]): string {
  const all = suites.flatMap(({ cases }) => cases);
  const counts = countsOf(all).replace(/ skipped="\d+"/, '');
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="mlu-parity gate" ${counts} time="0">
${suites.map(({ markup }) => markup).join('\n')}
</testsuites>
`;
}

/** XML 1.0 holds no control characters, nor halves of pairs, not even escaped. */
const NOT_XML = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

const escapeXml = (text: string): string => escapeHtml(text.replace(NOT_XML, '\uFFFD'));
