import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { lintReport } from '../../../harness/lint/lint-report.ts';
import { lintText } from '../../../harness/lint/print-lint.ts';
import { finding } from '../../../reference/lint/index.ts';

const saturating = Array.from({ length: 7 }, (_, i) => finding('saturates', `l${i}`, `l${i}: too much`));
const section = { kind: 'checkpoint', files: ['a.pt'], facts: ['7 int8 modules'] } as const;

test('errors before warnings, five of a code with what to do once, and the verdict last', () => {
  const findings = [...saturating, finding('never-calibrated', 'l0', 'l0: the input scale is exactly 1')];
  expect(stripVTControlCharacters(lintText(lintReport([{ ...section, findings }]))).split('\n')).toEqual([
    'a.pt',
    '  7 int8 modules',
    '  error never-calibrated: l0: the input scale is exactly 1',
    '    → run at least one image through the model before its state dict is saved',
    ...[0, 1, 2, 3, 4].map((i) => `  warning saturates: l${i}: too much`),
    '    … and 2 more of them; --json has all',
    '    → calibrate on more images, or with headroom (data_scale)',
    '',
    'not clean: 1 error (never-calibrated), 7 warnings',
    '',
  ]);
});

test.each([
  [[], 0, 'clean: no errors'],
  [saturating, 0, 'clean: no errors, 7 warnings'],
  [
    [finding('layout-unknown', '', 'not one of 3 layers was found')],
    4,
    'cannot tell: not one of 3 layers was found',
  ],
  [
    [finding('layout-unknown', '', 'none'), finding('twins-differ', 'input 0', 'id of input 0')],
    1,
    'not clean: 1 error (twins-differ)',
  ],
])('an error goes before an unknown layout, and that before clean (%#)', (findings, exitCode, verdict) => {
  expect(lintReport([{ ...section, findings }])).toMatchObject({ exitCode, verdict });
});
