import { describe, expect, test } from 'vitest';
import { lintShapes, lintTwins, lintTwinsAgainstModel } from '../../../reference/lint/index.ts';
import { parseTwins, readOfflineModel } from '../../../reference/offline/index.ts';
import { madeUpOfflineModel, madeUpTwins } from '../../support/made-up-offline-model.ts';

const made = {
  layers: [],
  input: { shape: [1, 640, 640, 3], position: 0, scale: 1 },
  output: { shape: [1, 85, 1, 8400] },
  cores: 4,
};
const text = madeUpTwins(made);
const model = readOfflineModel(madeUpOfflineModel(made));
const codes = (edited: string, cores?: number): string[] => {
  const twins = parseTwins(edited);
  return [
    ...lintTwins(twins, cores === undefined ? {} : { cores }),
    ...lintTwinsAgainstModel(twins, model),
  ].map(({ code, layer }) => `${code} ${layer}`);
};

describe('twins', () => {
  test('as they were written are clean', () => {
    expect(codes(text)).toEqual([]);
    expect(codes(text, 4)).toEqual([]);
  });
  test.each([
    ['Shape(dim): 1 640 640 3', 'Shape(dim): 1 416 416 3', 'twins-differ input 0'],
    ['Shape(dim): 1 85 1 8400', 'Shape(dim): 1 8400 1 85', 'twins-differ output 0'],
    ['Id: 92', 'Id: 93', 'twins-differ output 0'],
    ['CNRT_FLOAT32', 'CNRT_FLOAT16', 'twins-differ input 0'],
    ['Mask: 338036233', 'Mask: 338036234', 'twins-differ input 0'],
    ['Core limit: 4', 'Core limit: 16', 'core-number-differs subnet0'],
    ['Model Parallelism: 4', 'Model Parallelism: 1', 'core-number-differs subnet0'],
  ])('%s made %s is found', (from, to, finding) => {
    expect(text).toContain(from);
    expect(codes(text.replace(from, to))).toEqual([finding]);
  });
  test('another order of the axes is found twice: it is not NHWC, and not the model’s', () => {
    expect(codes(text.replace('CNRT_NHWC', 'CNRT_NCHW'))).toEqual([
      'dim-order input 0',
      'twins-differ input 0',
    ]);
  });
  test('a batch of the outputs that is not that of the inputs', () => {
    expect(codes(text.replace('1 85 1', '2 85 1'))).toEqual([
      'batch-differs output 0',
      'twins-differ output 0',
    ]);
  });
  test('a core number that was not asked for, and one that no card has', () => {
    expect(codes(text, 16)).toEqual(['core-number-differs subnet0']);
    expect(codes(text.replaceAll(': 4\n', ': 17\n'))).toEqual(['core-number-impossible subnet0']);
  });
  test('a model without descriptors', () => {
    expect(lintTwinsAgainstModel(parseTwins(text), {})[0]!.code).toBe('descriptors-unknown');
  });
});

describe('shapes of a YOLOX', () => {
  const shapes = (input: number[], ...outputs: number[][]) =>
    lintShapes(
      { inputs: [{ shape: input }], outputs: outputs.map((shape) => ({ shape })) },
      { classes: 80 },
      [640, 640],
    );

  test('1 640 640 3 in and 1 85 1 8400 out, and the same for a batch', () => {
    expect(shapes([1, 640, 640, 3], [1, 85, 1, 8400])).toEqual([]);
    expect(shapes([4, 640, 640, 3], [4, 85, 1, 8400])).toEqual([]);
  });
  test('another size is told in both', () => {
    expect(shapes([1, 416, 416, 3], [1, 85, 1, 3549]).map(({ code }) => code)).toEqual([
      'input-shape',
      'output-shape',
    ]);
  });
  test('axes in another order are told apart from other numbers', () => {
    expect(shapes([1, 640, 640, 3], [1, 8400, 1, 85])[0]!.message).toMatch(
      /: the axes stand in another order$/,
    );
    expect(shapes([1, 640, 640, 3], [1, 84, 1, 8400])[0]!.message).not.toContain('another order');
  });
  test('three levels that were not put together are one finding', () => {
    const found = shapes([1, 640, 640, 3], [1, 85, 80, 80], [1, 85, 40, 40], [1, 85, 20, 20]);
    expect(found).toHaveLength(1);
    expect(found[0]!.message).toContain('the 3 outputs are 1 85 80 80, 1 85 40 40, 1 85 20 20, and');
  });
  test('a rectangle', () => {
    const inputs = [{ shape: [1, 384, 640, 3] }];
    const outputs = [{ shape: [1, 7, 1, 48 * 80 + 24 * 40 + 12 * 20] }];
    expect(lintShapes({ inputs, outputs }, { classes: 2 }, [384, 640])).toEqual([]);
  });
});
