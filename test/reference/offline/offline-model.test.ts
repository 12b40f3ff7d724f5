import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isOfflineModel, readOfflineModel } from '../../../reference/offline/index.ts';
import { positionScaleOfQuantScale } from '../../../reference/quantize/index.ts';
import { madeUpOfflineModel } from '../../support/made-up-offline-model.ts';
import { hasShared, sharedPath } from '../../support/shared.ts';

describe.skipIf(!hasShared)('headpose.cambricon of MLU PyTorch 1.3', () => {
  const bytes = hasShared
    ? readFileSync(sharedPath('data', 'mlu_artifacts', 'headpose.cambricon'))
    : Buffer.alloc(0);

  test('has its magic number and three descriptors', () => {
    expect(isOfflineModel(bytes)).toBe(true);
    const { inputs, outputs } = readOfflineModel(bytes).tensors!;
    expect(inputs.map(({ shape, id, dataType, dimOrder }) => [shape, id, dataType, dimOrder])).toEqual([
      [[1, 48, 48, 3], 60, 'FLOAT32', 'NHWC'],
    ]);
    expect(outputs.map(({ shape, id }) => [shape, id])).toEqual([
      [[1, 1, 1, 10], 92],
      [[1, 1, 1, 3], 95],
    ]);
  });
  test('codes the input scale of conv1 (107.6556) as position and scale', () => {
    const { position, scale } = readOfflineModel(bytes).tensors!.inputs[0]!;
    expect({ position, scale }).toEqual(
      positionScaleOfQuantScale(Math.fround(107.65563201904297), 8, 'floor'),
    );
  });
  test('cut or with bits flipped near its end, it is read or not, never worse', () => {
    const tail = Buffer.concat([bytes.subarray(0, 4), bytes.subarray(-1000)]);
    let read = 0;
    fc.assert(
      fc.property(
        fc.array(fc.nat(tail.length * 8 - 1), { maxLength: 40 }),
        fc.nat(tail.length),
        (flips, length) => {
          const damaged = Buffer.from(tail);
          for (const bit of flips) damaged[bit >> 3]! ^= 1 << (bit & 7);
          if (readOfflineModel(damaged).tensors) read++;
          readOfflineModel(damaged.subarray(0, length));
        },
      ),
      { numRuns: 500 },
    );
    expect(read).toBeGreaterThan(50);
    expect(read).toBeLessThan(500);
  });
});

test('what was written is what is read, and the whole file is passed over where there is nothing', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 9999 }), { minLength: 4, maxLength: 4 }),
      fc.integer({ min: -30, max: 30 }),
      fc.integer({ min: 1, max: 1000 }),
      (shape, position, seed) => {
        const bytes = madeUpOfflineModel(
          { layers: [], input: { shape, position, scale: 1.5 }, output: { shape: [1, 85, 1, 84] } },
          seed,
        );
        expect(readOfflineModel(bytes).tensors!.inputs).toEqual([
          { mask: 0x14260609, shape, id: 60, dataType: 'FLOAT32', dimOrder: 'NHWC', position, scale: 1.5 },
        ]);
        expect(readOfflineModel(bytes.subarray(0, 900))).toEqual({});
      },
    ),
    { numRuns: 30 },
  );
  expect(readOfflineModel(new Uint8Array(0))).toEqual({});
  expect(readOfflineModel(Uint8Array.of(0x7f, 0x4d, 0x45, 0x46))).toEqual({});
});
