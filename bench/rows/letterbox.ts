import { bgrImage, createLetterbox } from '../../reference/preprocess/index.ts';
import { createRandom } from '../../reference/random.ts';
import { demandEqual } from '../demand.ts';
import type { Row } from '../row.ts';
import { timeInTurns } from '../time-in-turns.ts';

export const letterboxRow: Row = {
  name: 'letterbox',
  title: 'letterbox 768×576 → 640: WebAssembly SIMD against plain TypeScript',
  async run({ copyBytesPerSecond }) {
    const random = createRandom(1);
    const size = { height: 640, width: 640 };
    const data = Uint8Array.from({ length: 768 * 576 * 3 }, () => random.integer(256));
    const image = bgrImage(data, { height: 576, width: 768 });
    const simd = createLetterbox(size, { execution: 'simd' });
    const plain = createLetterbox(size, { execution: 'plain' });
    demandEqual(simd.apply(image).pixels.data, plain.apply(image).pixels.data, 'letterbox');
    const out = new Float32Array(simd.valuesPerImage);
    const [ours, against] = await timeInTurns([
      { label: 'simd', run: () => simd.into(image, out) },
      { label: 'plain', run: () => plain.into(image, out) },
    ] as const);
    return {
      state: 'measured',
      ours,
      against,
      checked: 'equal to the bit',
      limit: {
        what: 'picture read, input written',
        milliseconds: (1000 * (data.byteLength + out.byteLength)) / copyBytesPerSecond,
      },
      goal: { what: 'letterbox', measured: ours.value, least: ours.least, allowed: 2.5, unit: 'ms' },
    };
  },
};
