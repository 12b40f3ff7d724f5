import { tensorDiff } from '../../reference/compare/index.ts';
import { createRandom } from '../../reference/random.ts';
import { float32Tensor } from '../../reference/tensor.ts';
import { headOutput } from '../data/head-output.ts';
import { demand } from '../demand.ts';
import { naiveTensorDiff } from '../naive/naive-tensor-diff.ts';
import type { Row } from '../row.ts';
import { timeInTurns } from '../time-in-turns.ts';

/** The naive sums lose more to rounding over 714,000 numbers. */
const RELATIVE_TOLERANCE = 1e-9;

export const tensorDiffRow: Row = {
  name: 'tensor-diff',
  title: 'differences of two 8400 × 85 outputs: ours (all figures) against five of them by their formulas',
  async run({ copyBytesPerSecond }) {
    const reference = headOutput({ height: 640, width: 640 }, 1);
    const random = createRandom(2);
    const changed = reference.data.map((value) => value * (1 + 1e-3 * random.gaussian()));
    const actual = float32Tensor(changed, reference.shape, 'NAC');
    const diff = tensorDiff(reference, actual);
    if (diff.state !== 'compared') throw new Error('the outputs are not finite');
    for (const [name, value] of Object.entries(naiveTensorDiff(reference.data, actual.data))) {
      const own = diff[name as 'rms'];
      demand(
        Math.abs(own - value) <= RELATIVE_TOLERANCE * Math.abs(value),
        `${name}: ${own} against ${value}`,
      );
    }
    const [ours, against] = await timeInTurns([
      { label: 'tensorDiff', run: () => tensorDiff(reference, actual) },
      { label: 'naive', run: () => naiveTensorDiff(reference.data, actual.data) },
    ] as const);
    return {
      state: 'measured',
      ours,
      against,
      checked: `five figures within ${RELATIVE_TOLERANCE}`,
      limit: {
        what: 'both read once',
        milliseconds: (1000 * 2 * changed.byteLength) / copyBytesPerSecond,
      },
    };
  },
};
