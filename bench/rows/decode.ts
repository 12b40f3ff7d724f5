import { decodeConcatenated, decodeFixedGrids, fixedGrids } from '../../reference/decode/index.ts';
import { headOutput } from '../data/head-output.ts';
import { demandEqual } from '../demand.ts';
import type { Row } from '../row.ts';
import { timeInTurns } from '../time-in-turns.ts';

export const decodeRow: Row = {
  name: 'decode',
  title: 'decode of all 8,400 anchors: fixed grids against the two concatenations of a port',
  async run({ copyBytesPerSecond }) {
    const inputSize = { height: 640, width: 640 };
    const output = headOutput(inputSize, 1);
    const grids = fixedGrids(inputSize);
    const into = new Float32Array(output.data.length);
    demandEqual(
      decodeFixedGrids(output, grids, into).data,
      decodeConcatenated(output, inputSize).data,
      'decoded outputs',
    );
    const [ours, against] = await timeInTurns([
      { label: 'fixed grids', run: () => decodeFixedGrids(output, grids, into) },
      { label: 'concatenated', run: () => decodeConcatenated(output, inputSize) },
    ] as const);
    return {
      state: 'measured',
      ours,
      against,
      checked: 'equal to the bit',
      limit: {
        what: 'output read and written',
        milliseconds: (1000 * 2 * output.data.byteLength) / copyBytesPerSecond,
      },
    };
  },
};
