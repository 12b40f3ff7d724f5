import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { githubError } from '../../../reports/annotations.ts';
import { type GateCheck, gateMarkdown, githubAnnotations, junitXml } from '../../../reports/index.ts';
import { junitError } from '../../../reports/junit.ts';
import { markdownTable } from '../../../reports/markdown.ts';
import { madeUpCheck, madeUpGate } from '../../support/made-up-gate.ts';

const SCHEMA = readFileSync(new URL('../../golden/junit/junit.xsd', import.meta.url), 'utf8');

async function validate(...documents: string[]): Promise<void> {
  const { errors } = await validateXML({
    xml: documents.map((contents, i) => ({ fileName: `${i}.xml`, contents })),
    schema: SCHEMA,
  });
  expect(errors).toEqual([]);
}

/** Whatever may stand in a path, a reason or a sentence of someone else's: control characters and halves of pairs too. */
const anyText = fc.string({ unit: 'binary' }).map((text) => `${text}]]>&<"'\u0000\ud800\n| `);

describe('the sentence of a pass', () => {
  const AP = { verdict: 'equivalent', difference: -0.0001, low: -0.0019, high: 0.0015 } as const;
  const AP50 = { ...AP, metric: 'AP50', budget: 0.01, difference: -0.0004, low: -0.0027 } as const;
  const level = { ...AP, kind: 'series', low: null, high: null, difference: null } as const;
  const slower = { ...AP, kind: 'latency', metric: 'p50', unit: 'share', budget: 0.05 } as const;
  const nearestOf = (...checks: Partial<GateCheck>[]): string => {
    const made = checks.map((check) => madeUpCheck(check));
    const { sentence } = madeUpGate({ verdict: 'equivalent', checks: made });
    return /the nearest to it (\S+) of/.exec(sentence)![1]!;
  };

  test('names the figure whose interval uses most of its budget, not the one of the largest estimate', () => {
    expect(nearestOf(AP50, AP, level)).toBe('AP');
    expect(nearestOf(level, AP50)).toBe('AP50');
  });

  test('losses and slowdowns compare by the share of their budgets', () => {
    // The bad end of AP uses 38 % of its budget.
    expect(nearestOf(AP, { ...slower, difference: 0.001, low: -0.02, high: 0.0189 })).toBe('AP');
    expect(nearestOf(AP, { ...slower, difference: 0.001, low: -0.02, high: 0.0195 })).toBe('p50');
  });
});

describe('JUnit XML', () => {
  test('a case each figure in a suite a backend; a failure says what was measured, is allowed, and was required', async () => {
    const xml = junitXml(madeUpGate(), { cannotTell: 'skipped' });
    await validate(xml);
    expect(xml).toContain('<testsuites name="mlu-parity gate" tests="4" failures="2" errors="0" time="0">');
    expect(xml).toContain('<testsuite name="int16" tests="2" failures="1" errors="0" skipped="0"');
    expect(xml).toContain(
      'type="regressed">measured: −0.0123, 95 % interval −0.0150 … −0.0098\nallowed:  −0.0050\nrequired: a budget of at least 0.0150 to pass</failure>',
    );
    expect(xml).toMatch(
      /<testcase name="p50, 4 cores, batch 1, host time, against the baseline" classname="mlu-parity\.mlu-offline" time="0"><skipped message="cannot tell: 6\.52 ms → 6\.87 ms, \+5\.37 %/,
    );
  });

  test('what cannot be told is a failure where that is asked for; a failed run is an error, one without figures has a case', async () => {
    const strict = junitXml(madeUpGate(), { cannotTell: 'failure' });
    const failed = junitXml(madeUpGate({ verdict: 'failed', checks: [] }), { cannotTell: 'skipped' });
    await validate(strict, failed, junitError('cannot read run.json', '2026-11-24T02:41:00.000Z'));
    expect(strict).toContain('tests="4" failures="3"');
    expect(
      strict.match(/<failure message="[^"]*" type="[^"]*"/g)!.map((one) => /type="(.*)"/.exec(one)![1]),
    ).toEqual(['regressed', 'regressed', 'cannot tell']);
    expect(failed).toContain('tests="1" failures="0" errors="1"');
  });

  test('the schema refuses what is none', async () => {
    const xml = junitXml(madeUpGate(), { cannotTell: 'skipped' });
    await expect(validate(xml.replace('tests="4"', 'tests="four"'))).rejects.toThrow();
    await expect(validate(xml.replaceAll('testcase', 'case'))).rejects.toThrow();
  });

  test('any text in names, reasons and sentences leaves a document that is one', async () => {
    const texts = fc.sample(anyText, 40);
    await validate(
      ...texts.map((text) =>
        junitXml(
          madeUpGate({ sentence: text, notes: [text], checks: [madeUpCheck({ reason: text, point: text })] }),
          {
            cannotTell: 'skipped',
          },
        ),
      ),
    );
  });
});

describe('Markdown', () => {
  test('the verdict, the figures with what regressed first, the two sides', () => {
    const markdown = gateMarkdown(madeUpGate());
    expect(markdown).toMatch(/^## mlu-parity: regressed\n\nREGRESSED: AP of int16 \(emulated\): /);
    expect(markdown).toContain(
      '| AP of int16 (emulated) | regressed | 0.3231 | 0.3108 | −0.0123 | −0.0150 … −0.0098 | −0.0050 |',
    );
    expect(markdown).toContain(
      'Run: `/srv/parity/nights/1` of 2026-11-24T02:30:00.000Z, commit `cccccccccccc`, 500 images.',
    );
  });

  test('a table keeps its cells whatever is in them, and mentions nobody', () => {
    fc.assert(
      fc.property(fc.array(fc.array(anyText, { minLength: 3, maxLength: 3 }), { minLength: 1 }), (rows) => {
        const lines = markdownTable({ header: ['a', 'b', 'c'], rows }).split('\n');
        expect(lines).toHaveLength(rows.length + 2);
        for (const line of lines) {
          const bars = [...line.matchAll(/\\.|\|/g)].filter(([found]) => found === '|');
          expect(bars).toHaveLength(4);
          expect(line).not.toMatch(/@(?!\u200b)/);
        }
      }),
    );
  });
});

describe('annotations of GitHub Actions', () => {
  test('the verdict, an error a regression, a warning for what cannot be told; a notice for a pass', () => {
    expect(githubAnnotations(madeUpGate())).toEqual([
      `::error title=mlu-parity::${madeUpGate().sentence.replaceAll('%', '%25')}`,
      '::error title=mlu-parity%3A AP of int16 (emulated)::0.3231 → 0.3108, −0.0123 (95 %25 interval −0.0150 … −0.0098), −0.0050 allowed',
      '::warning title=mlu-parity%3A p50 of mlu-offline%2C 4 cores%2C batch 1%2C host time::6.52 ms → 6.87 ms, +5.37 %25 (95 %25 interval +4.1 %25 … +6.6 %25), +5 %25 allowed',
    ]);
    const passed = madeUpGate({ verdict: 'equivalent', sentence: 'fine', checks: [] });
    expect(githubAnnotations(passed)).toEqual(['::notice title=mlu-parity::fine']);
    // What is wrong with the run as a whole is no figure's.
    const unclear = { verdict: 'cannot-tell' as const, sentence: 'int8 is missing' };
    expect(githubAnnotations(madeUpGate(unclear))[0]).toBe('::warning title=mlu-parity::int8 is missing');
    expect(githubAnnotations(madeUpGate({ verdict: 'failed', checks: [], sentence: 'lost' }))).toEqual([
      '::error title=mlu-parity::lost',
    ]);
  });

  test('one line whatever the text, which the runner reads back as it was', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const line = githubError(text);
        expect(line).not.toMatch(/[\r\n]/);
        const [, data] = /^::error title=mlu-parity::(.*)$/su.exec(line)!;
        expect(data!.replaceAll('%0A', '\n').replaceAll('%0D', '\r').replaceAll('%25', '%')).toBe(text);
      }),
    );
  });
});
