import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { python } from '../../support/python.ts';
import { runAgentCode } from '../../support/run-agent.ts';

interface Case {
  readonly dims: readonly number[];
  readonly batch: number;
  readonly anchors: number;
  readonly classes: number | null;
}

/** Extents that fit, in any order and with any number of ones; in every other case one of them is another then. */
const cases: fc.Arbitrary<Case> = fc
  .record({
    batch: fc.constantFrom(1, 2),
    anchors: fc.constantFrom(7, 8, 21),
    classes: fc.constantFrom(2, 3, 16),
    told: fc.boolean(),
    ones: fc.integer({ min: 0, max: 2 }),
    changed: fc.option(fc.record({ at: fc.nat(4), extent: fc.constantFrom(1, 2, 5, 7, 8, 21, 147) }), {
      freq: 1,
    }),
  })
  .chain(({ batch, anchors, classes, told, ones, changed }) => {
    const rest = [anchors, classes + 5, ...Array<number>(ones).fill(1)];
    return fc.shuffledSubarray(rest, { minLength: rest.length }).map((shuffled) => {
      const dims = [batch, ...shuffled];
      if (changed && changed.at < dims.length) dims[changed.at] = changed.extent;
      return { dims, batch, anchors, classes: told ? classes : null };
    });
  });

/** The slow way: every pair of axes is tried, and those count in which all other extents are 1. */
function fits({ dims, batch, anchors, classes }: Case): readonly (readonly [number, number])[] {
  const found: [number, number][] = [];
  for (let a = 1; a < dims.length; a++)
    for (let c = 1; c < dims.length; c++) {
      const others = dims.filter((_, i) => i !== 0 && i !== a && i !== c);
      const channelsFit = classes === null ? dims[c]! > 5 : dims[c] === classes + 5;
      if (a !== c && dims[0] === batch && dims[a] === anchors && channelsFit && others.every((d) => d === 1))
        found.push([a, c]);
    }
  return found;
}

describe.skipIf(!python)('the layout of an offline model’s output', () => {
  test('is found where its extents fit in one way, and refused otherwise', async () => {
    const sampled = fc.sample(cases, { numRuns: 1500, seed: 1 });
    const code = `
import json, sys, numpy
from mlu_agent.offline_output import OutputLayout
from mlu_agent.errors import DeviceError
answers = []
for case in json.loads(${JSON.stringify(JSON.stringify(sampled))}):
    try:
        layout = OutputLayout(case["dims"], case["batch"], case["anchors"], case["classes"])
    except DeviceError as error:
        answers.append(str(error))
        continue
    memory = numpy.arange(numpy.prod(case["dims"]), dtype=numpy.float32).reshape(case["dims"])
    output = layout.convert(memory)
    answers.append([layout.name, list(output.shape), [float(output[-1, 1, 2]), float(output[0, -1, 0])]])
print(json.dumps(answers))
`;
    const { stdout, stderr } = await runAgentCode(code);
    expect(stderr).toBe('');
    const answers: (string | [string, number[], number[]])[] = JSON.parse(stdout);
    let found = 0;
    for (const [i, one] of sampled.entries()) {
      const answer = answers[i]!;
      const possible = fits(one);
      if (possible.length !== 1) {
        expect(answer).toEqual(expect.stringContaining(one.dims.join(' ')));
        continue;
      }
      found++;
      const [[a, c]] = possible as [[number, number]];
      const channels = one.dims[c]!;
      const name = one.dims.map((_, axis) => (axis === 0 ? 'N' : axis === a ? 'A' : axis === c ? 'C' : '1'));
      /** Where an element lies in memory: row-major, the last axis the quickest. */
      const at = (n: number, anchor: number, channel: number): number =>
        one.dims.reduce((sum, extent, axis) => {
          const index = axis === 0 ? n : axis === a ? anchor : axis === c ? channel : 0;
          return sum * extent + index;
        }, 0);
      const values = [at(one.batch - 1, 1, 2), at(0, one.anchors - 1, 0)];
      expect(answer).toEqual([name.join(' '), [one.batch, one.anchors, channels], values]);
    }
    expect(sampled.length - found).toBeGreaterThan(300);
    expect(found).toBeGreaterThan(300);
  });
});
