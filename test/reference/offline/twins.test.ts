import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseTwins } from '../../../reference/offline/index.ts';
import { madeUpTwins } from '../../support/made-up-offline-model.ts';
import { hasShared, sharedPath } from '../../support/shared.ts';

const read = (name: string): string => readFileSync(sharedPath('data', 'mlu_artifacts', name), 'utf8');

describe.skipIf(!hasShared)('the twins files of MLU PyTorch 1.3', () => {
  test.each([
    ['headpose', '1 48 48 3 FLOAT32', '1 1 1 10 FLOAT32, 1 1 1 3 FLOAT32', 1],
    [
      'retinaface',
      '1 640 640 3 FLOAT32',
      '1 4 1 16800 FLOAT32, 1 2 1 16800 FLOAT32, 1 10 1 16800 FLOAT32',
      1,
    ],
    ['yolov3_270_1', '1 512 512 3 FLOAT32', '1 1 1 7064 FLOAT16', 1],
    ['yolov3_270_4_4', '4 512 512 3 FLOAT32', '4 1 1 7064 FLOAT16', 4],
  ])('%s', (name, inputs, outputs, cores) => {
    const { functions } = parseTwins(read(`${name}.cambricon_twins`));
    expect(functions).toHaveLength(1);
    const [{ name: subnet, kernels, ...tensors }] = functions as [(typeof functions)[number]];
    const text = (of: typeof tensors.inputs): string =>
      of.map(({ shape, dataType }) => `${shape.join(' ')} ${dataType}`).join(', ');
    expect([subnet, text(tensors.inputs), text(tensors.outputs)]).toEqual(['subnet0', inputs, outputs]);
    expect(tensors.inputs.every(({ dimOrder }) => dimOrder === 'NHWC')).toBe(true);
    expect(kernels.map(({ modelParallelism, coreLimit }) => [modelParallelism, coreLimit])).toEqual([
      [cores, cores],
    ]);
  });

  test('cut anywhere, a twins file is refused in one sentence that says what should follow', () => {
    const text = read('retinaface.cambricon_twins');
    const whole = text.trimEnd().length;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole - 1 }), (length) => {
        expect(() => parseTwins(text.slice(0, length))).toThrow(/^(it ends where|line \d+ is) "/);
      }),
    );
  });

  test('changed anywhere, a twins file is read or refused, never worse', () => {
    const text = read('headpose.cambricon_twins');
    let refused = 0;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(text.length - 1), fc.string({ maxLength: 3 })), {
          minLength: 1,
          maxLength: 4,
        }),
        (edits) => {
          let edited = text;
          for (const [at, put] of edits) edited = edited.slice(0, at) + put + edited.slice(at + 1);
          try {
            for (const { inputs } of parseTwins(edited).functions)
              for (const { shape } of inputs) expect(shape.every(Number.isSafeInteger)).toBe(true);
          } catch (error) {
            expect(error).toBeInstanceOf(RangeError);
            refused++;
          }
        },
      ),
      { numRuns: 500 },
    );
    expect(refused).toBeGreaterThan(250);
  });
});

test('what was written is what is read', () => {
  const extent = fc.integer({ min: 1, max: 99_999 });
  fc.assert(
    fc.property(
      fc.array(extent, { minLength: 4, maxLength: 4 }),
      fc.array(extent, { minLength: 4, maxLength: 4 }),
      fc.integer({ min: 1, max: 16 }),
      (inShape, outShape, cores) => {
        const input = { shape: inShape, position: 0, scale: 1 };
        const text = madeUpTwins({ layers: [], input, output: { shape: outShape }, cores });
        const [{ inputs, outputs, kernels }] = parseTwins(text.replaceAll('\n', '\r\n')).functions as [
          ReturnType<typeof parseTwins>['functions'][number],
        ];
        expect(inputs[0]).toEqual({
          mask: 0x14260609,
          shape: inShape,
          id: 60,
          dataType: 'FLOAT32',
          dimOrder: 'NHWC',
        });
        expect(outputs.map(({ shape }) => shape)).toEqual([outShape]);
        expect(kernels[0]!.coreLimit).toBe(cores);
      },
    ),
  );
});

test('a count that no network has is refused before anything is made of it', () => {
  const text = madeUpTwins({
    layers: [],
    input: { shape: [1, 8, 8, 3], position: 0, scale: 1 },
    output: { shape: [1, 85, 1, 84] },
  });
  expect(() => parseTwins(text.replace('Input number: 1', 'Input number: 900000000'))).toThrow(
    'its Input number is 900000000, and no network has above 64',
  );
  expect(() => parseTwins(`${text}more`)).toThrow(/"more", after the end$/);
});
