import { fixedGrids } from '../../reference/decode/index.ts';
import type { Detections } from '../../reference/detections.ts';
import { postprocess } from '../../reference/postprocess/index.ts';
import { headOutput } from '../data/head-output.ts';
import { demand, demandEqual } from '../demand.ts';
import { naivePostprocess } from '../naive/naive-postprocess.ts';
import type { Row } from '../row.ts';
import { timeInTurns } from '../time-in-turns.ts';

const INPUT_SIZE = { height: 640, width: 640 };

function postprocessRow(name: string, conf: number, nms: number, allowed: number): Row {
  return {
    name,
    title: `postprocess 8400 × 85 at conf ${conf}: ours against decoding and comparing everything`,
    async run({ copyBytesPerSecond }) {
      const output = headOutput(INPUT_SIZE, 1);
      const grids = fixedGrids(INPUT_SIZE);
      const options = { conf, nms, inputSize: INPUT_SIZE, decoded: false };
      const found = postprocess(output, options)[0]!;
      demand(found.count > 20, `only ${found.count} detections to work on`);
      demandEqual(rowsOf(found), naivePostprocess(output, grids, conf, nms).flat(), 'detections');
      const [ours, against] = await timeInTurns([
        { label: 'postprocess', run: () => postprocess(output, options) },
        { label: 'naive', run: () => naivePostprocess(output, grids, conf, nms) },
      ] as const);
      return {
        state: 'measured',
        ours,
        against,
        checked: `${found.count} detections equal to the bit`,
        limit: {
          what: 'output read once',
          milliseconds: (1000 * output.data.byteLength) / copyBytesPerSecond,
        },
        goal: { what: 'postprocess', measured: ours.value, least: ours.least, allowed, unit: 'ms' },
      };
    },
  };
}

const rowsOf = (found: Detections): number[] =>
  Array.from({ length: found.count }, (_, i) => [
    ...found.boxes.subarray(i * 4, i * 4 + 4),
    found.scores[i]!,
    found.classIndices[i]!,
  ]).flat();

export const postprocessRows: readonly Row[] = [
  postprocessRow('postprocess-demo', 0.25, 0.45, 0.4),
  postprocessRow('postprocess-eval', 0.001, 0.65, 3),
];
