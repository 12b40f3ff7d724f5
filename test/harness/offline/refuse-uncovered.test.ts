import { expect, test } from 'vitest';
import { UsageError } from '../../../harness/errors.ts';
import type { CompiledModel } from '../../../harness/offline/compiled-model.ts';
import { type ModelUse, refuseUncovered } from '../../../harness/offline/refuse-uncovered.ts';

const RUN: ModelUse = { cores: null, batches: [1], scored: true };
const TUNE: ModelUse = { cores: null, batches: null, scored: false };

/** `4` is of core number 4 and batch 1, `4b8` of batch 8. */
const modelsOf = (...names: string[]): CompiledModel[] =>
  names.map((name) => {
    const [coreNumber, batch = 1] = name.split('b').map(Number) as [number, number?];
    return { path: `${name}.cambricon`, sha256: '0'.repeat(64), coreNumber, batch };
  });

test.each<[string[], ModelUse]>([
  [['4', '16'], RUN],
  [['4', '16'], { ...RUN, cores: [16, 4] }],
  [['1', '4', '1b8', '4b8'], { ...RUN, batches: [1, 8] }],
  // Scored at core number 4 with batch 1, timed with batch 8 alone.
  [['4', '1b8', '4b8'], { ...RUN, batches: [8] }],
  [['4', '16'], { ...RUN, cores: [4], alsoScored: 16 }],
  [['1', '16b4'], TUNE],
  [['1', '16b4'], { ...TUNE, cores: [1, 16], batches: [1, 4] }],
])('models %j are enough for %j', (names, use) => {
  expect(() => refuseUncovered(modelsOf(...names), '', use)).not.toThrow();
});

test.each<[string, string[], ModelUse, string]>([
  ['of the same', ['4', '4'], RUN, 'm: 4.cambricon and 4.cambricon are both of core number 4 and batch 1'],
  [
    'for another core number',
    ['4', '16'],
    { ...RUN, cores: [8] },
    'no offline model is of core number 8: there is 4.cambricon (core number 4, batch 1), 16.cambricon (core number 16, batch 1); give one, or leave 8 out of --cores',
  ],
  [
    'for the second core number that is scored',
    ['4'],
    { ...RUN, alsoScored: 16 },
    'no offline model is of core number 16 and batch 1, which outputs are scored with',
  ],
  ['for one of two', ['4'], { ...RUN, cores: [1, 4] }, 'no offline model is of core number 1'],
  ['for no batch that is timed', ['4'], { ...RUN, batches: [1, 8] }, 'no offline model is of batch 8'],
  [
    'with a hole',
    ['1', '4', '4b8'],
    { ...RUN, batches: [1, 8] },
    'no offline model is of core number 1 and batch 8: there is',
  ],
  [
    'that cannot be scored',
    ['1', '4b8', '1b8'],
    { ...RUN, batches: [8] },
    'core number 4 and batch 1, which outputs are scored with',
  ],
  [
    'of a core number that is not run',
    ['4', '16'],
    { ...RUN, cores: [4] },
    'm: 16.cambricon has no effect: it is of core number 16, which --cores does not name',
  ],
  [
    'of a batch that is not run',
    ['4', '4b8'],
    RUN,
    '4b8.cambricon has no effect: it is of batch 8, which --batch does not name',
  ],
  [
    'of a core number that is not raced',
    ['1', '16b4'],
    { ...TUNE, cores: [16] },
    '1.cambricon has no effect',
  ],
  [
    'for a batch that is not there',
    ['1', '16b4'],
    { ...TUNE, batches: [2] },
    'no offline model is of batch 2',
  ],
])('models %s are refused', (_, names, use, sentence) => {
  const refuse = () => refuseUncovered(modelsOf(...names), 'm: ', use);
  expect(refuse).toThrow(UsageError);
  expect(refuse).toThrow(sentence);
});
