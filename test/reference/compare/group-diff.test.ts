import { describe, expect, it } from 'vitest';
import {
  decodedGroupDiffs,
  type GroupDiff,
  rawGroupDiffs,
  tensorDiff,
} from '../../../reference/compare/index.ts';
import { decodeConcatenated } from '../../../reference/decode/index.ts';
import { createRandom } from '../../../reference/random.ts';
import { float32Tensor, type Tensor } from '../../../reference/tensor.ts';

const SIZE = { height: 64, width: 32 };
const ANCHORS = 32 + 8 + 2;
const CHANNELS = 8;

function randomOutput(seed: number): Tensor {
  const random = createRandom(seed);
  const data = Float32Array.from({ length: 2 * ANCHORS * CHANNELS }, () => random.gaussian());
  return float32Tensor(data, [2, ANCHORS, CHANNELS], 'NAC');
}

/** The elements of one part, gathered into a tensor of their own. */
function part(output: Tensor, group: string, stride: number | 'all'): Tensor {
  const kept = output.data.filter((_, i) => {
    const channel = i % CHANNELS;
    const anchor = Math.floor(i / CHANNELS) % ANCHORS;
    const ofStride = anchor < 32 ? 8 : anchor < 40 ? 16 : 32;
    const ofGroup = channel < 4 ? 'reg' : channel === 4 ? 'obj' : 'cls';
    return (group === 'all' || group === ofGroup) && (stride === 'all' || stride === ofStride);
  });
  return float32Tensor(kept, [kept.length]);
}

const PARTS = [
  ['all', 'all'],
  ...['reg', 'obj', 'cls'].map((group) => [group, 'all']),
  ...['reg', 'obj', 'cls'].flatMap((group) => [8, 16, 32].map((stride) => [group, stride])),
];

function expectParts(found: GroupDiff[], reference: Tensor, actual: Tensor): void {
  expect(found.map(({ group, stride }) => [group, stride])).toEqual(PARTS);
  for (const { group, stride, diff } of found) {
    const expected = tensorDiff(part(reference, group, stride), part(actual, group, stride));
    if (diff.state !== 'compared' || expected.state !== 'compared') throw new Error('not compared');
    for (const key of [
      'maxAbs',
      'maxRel',
      'meanAbs',
      'rms',
      'diff1',
      'diff2',
      'diff3',
      'cosine',
      'sqnr',
      'requiredAtol',
    ] as const) {
      expect(diff[key], `${group} ${stride} ${key}`).toBeCloseTo(expected[key], 10);
    }
    expect(diff.meanSigned).toBeCloseTo(expected.meanSigned, 12);
    expect([diff.count, diff.diff4]).toEqual([expected.count, expected.diff4]);
    expect(Math.abs(actual.data[diff.maxAbsAt]! - reference.data[diff.maxAbsAt]!)).toBe(diff.maxAbs);
  }
}

describe('rawGroupDiffs', () => {
  it('equals the comparison of each part by itself', () => {
    const [b, a] = [randomOutput(1), randomOutput(2)];
    expectParts(rawGroupDiffs({ output: b, decoded: false }, { output: a, decoded: false }, SIZE), b, a);
  });

  it('refuses an output that is decoded', () => {
    const output = randomOutput(1);
    expect(() => rawGroupDiffs({ output, decoded: false }, { output, decoded: true }, SIZE)).toThrow(
      /after decode/,
    );
  });
});

describe('decodedGroupDiffs', () => {
  it('equals the comparison of each part after decode, whichever side was decoded, and changes nothing', () => {
    const [b, a] = [randomOutput(3), randomOutput(4)];
    const before = [b.data.slice(), a.data.slice()];
    const [db, da] = [decodeConcatenated(b, SIZE), decodeConcatenated(a, SIZE)];
    for (const reference of [
      { output: b, decoded: false },
      { output: db, decoded: true },
    ]) {
      for (const actual of [
        { output: a, decoded: false },
        { output: da, decoded: true },
      ]) {
        expectParts(decodedGroupDiffs(reference, actual, SIZE), db, da);
      }
    }
    expect([b.data, a.data]).toEqual(before);
  });

  it('names the parts that have NaN on one side, the others keep their figures', () => {
    const output = randomOutput(5);
    const broken = float32Tensor(output.data.slice(), output.shape, 'NAC');
    const at = (ANCHORS + 35) * CHANNELS + 6;
    broken.data[at] = Number.NaN;
    const found = decodedGroupDiffs({ output, decoded: true }, { output: broken, decoded: true }, SIZE);
    const failed = found.filter(({ diff }) => diff.state === 'non-finite');
    expect(failed.map(({ group, stride }) => [group, stride])).toEqual([
      ['all', 'all'],
      ['cls', 'all'],
      ['cls', 16],
    ]);
    for (const { diff } of failed) expect(diff).toMatchObject({ mismatches: 1, firstAt: at });
  });

  it('refuses outputs of other shapes', () => {
    const output = randomOutput(6);
    const other = float32Tensor(output.data.slice(0, ANCHORS * CHANNELS), [1, ANCHORS, CHANNELS]);
    expect(() =>
      decodedGroupDiffs({ output, decoded: true }, { output: other, decoded: true }, SIZE),
    ).toThrow(RangeError);
  });
});
