import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readImage } from '../../../datasets/index.ts';
import { type Engine, type EngineName, openEngine, type Session } from '../../../harness/engines/index.ts';
import { BackendError } from '../../../harness/errors.ts';
import { loadWeights } from '../../../harness/weights/index.ts';
import {
  buildYolox,
  convolutionsInForwardOrder,
  createVariant,
  describeVariant,
  officialVariant,
  randomWeights,
  tapLayers,
} from '../../../reference/network/index.ts';
import { letterbox } from '../../../reference/preprocess/index.ts';
import { interpretGraph } from '../../support/interpret-graph.ts';
import { largestDifference, largestRelativeDifference } from '../../support/largest-difference.ts';
import { readNpy } from '../../support/npy.ts';
import { randomGraph, randomPixels } from '../../support/random-graph.ts';
import { hasShared, sharedPath } from '../../support/shared.ts';

const IMAGES = ['000000397133', '000000460347', '000000480985'];
/** Against a float64 oracle: some twenty float32 layers, each good to about 1e-6. */
const ORACLE_TOLERANCE = 2e-5;

describe.each(['onnxruntime', 'tfjs'] as EngineName[])('engine %s', (name) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await openEngine(name);
  });
  const openSession = (graph: Parameters<Engine['open']>[0], threads = 1): Promise<Session> =>
    engine.open(graph, { threads });

  test('agrees with a float64 interpreter on random networks of every operation, tapped values and all sizes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 0xffffffff }),
        fc.constantFrom([1, 3, 32, 32], [2, 3, 32, 64], [1, 3, 64, 32]),
        async (seed, shape) => {
          const graph = randomGraph(seed);
          const taps = graph.nodes.filter((_, i) => i % 5 === seed % 5).map((node) => node.output);
          const tapped = tapLayers(graph, ['images', ...taps]);
          const input = randomPixels(shape, seed);
          const session = await openSession(tapped);
          const actual = await session.run(input);
          const expected = interpretGraph(tapped, shape, input.data);
          await session.close();
          expect(actual.map((tensor) => tensor.shape)).toEqual(expected.map((value) => value.shape));
          actual.forEach((tensor, i) => {
            expect(largestRelativeDifference(tensor.data, expected[i]!.data)).toBeLessThan(ORACLE_TOLERANCE);
          });
        },
      ),
      { numRuns: 8 },
    );
  });

  test('one session takes any batch and size in turn, and gives each image what it gets alone', async () => {
    const variant = createVariant(0.33, 4 / 64, { classes: 5 });
    const session = await openSession(buildYolox(variant, randomWeights(variant, 3)));
    const pair = randomPixels([2, 3, 64, 96], 1);
    const [together] = await session.run(pair);
    const both = { shape: together!.shape, data: together!.data.slice() };
    expect(both.shape).toEqual([2, 126, 10]);
    const half = pair.data.length / 2;
    for (const image of [0, 1]) {
      const pixels = pair.data.slice(image * half, (image + 1) * half);
      const [alone] = await session.run({ dtype: 'float32', shape: [1, 3, 64, 96], data: pixels });
      const expected = both.data.subarray(image * 1260, (image + 1) * 1260);
      expect(largestDifference(alone!.data, expected)).toBeLessThan(1e-5);
    }
    const [other] = await session.run(randomPixels([1, 3, 32, 32], 2));
    expect(other!.shape).toEqual([1, 21, 10]);
    await session.close();
  });

  test('calls at the same time do not disturb each other across sessions', async () => {
    const graphs = [randomGraph(11), randomGraph(12)];
    const input = randomPixels([1, 3, 32, 32], 4);
    const sessions = await Promise.all(graphs.map((graph, i) => openSession(graph, i + 1)));
    const results = await Promise.all(sessions.map((session) => session.run(input)));
    results.forEach(([output], i) => {
      const [expected] = interpretGraph(graphs[i]!, input.shape, input.data);
      expect(largestRelativeDifference(output!.data, expected!.data)).toBeLessThan(ORACLE_TOLERANCE);
    });
    await Promise.all(sessions.map((session) => session.close()));
  });

  test('says what ran and with how many threads, and a wrong input is a BackendError that names the shape', async () => {
    const session = await openSession(randomGraph(1), 2);
    expect(session.engine).toMatch(name === 'tfjs' ? /^tfjs \d.*\((native|wasm)/ : /^onnxruntime-node \d/);
    expect(session.threads).toBe(2);
    const failed = session.run(randomPixels([1, 3, 40, 32], 1));
    await expect(failed).rejects.toThrow(BackendError);
    await expect(failed).rejects.toThrow('[1, 3, 40, 32]');
    const [output] = await session.run(randomPixels([1, 3, 32, 32], 1));
    expect(output!.shape[0]).toBe(1);
    await session.close();
  });

  test.each([['silu'], ['relu'], ['leaky-relu']] as const)(
    'YOLOX with %s and folded weights',
    async (activation) => {
      const variant = createVariant(0.1, 1 / 64, {
        classes: 2,
        activation,
        batchNorm: false,
        depthwise: true,
      });
      const graph = buildYolox(variant, randomWeights(variant, 8));
      const input = randomPixels([1, 3, 32, 64], 5);
      const session = await openSession(graph);
      const [output] = await session.run(input);
      const [expected] = interpretGraph(graph, input.shape, input.data);
      expect(largestDifference(output!.data, expected!.data)).toBeLessThan(1e-4);
      await session.close();
    },
  );

  describe.skipIf(!hasShared)('beside PyTorch', () => {
    test('a plain YOLOX of width 0.125, not square, real batch norm: raw output within 1e-5', async () => {
      const { tensors } = await loadWeights(sharedPath('golden', 'network', 'yolox_w0125_random.pth'));
      const session = await openSession(buildYolox(describeVariant(tensors), tensors));
      const [output] = await session.run(
        readNpy(sharedPath('golden', 'network', 'yolox_w0125_input.npy'), 'NCHW'),
      );
      const golden = readNpy(sharedPath('golden', 'network', 'yolox_w0125_raw.npy'));
      expect(output!.shape).toEqual(golden.shape);
      expect(largestDifference(output!.data, golden.data)).toBeLessThan(1e-5);
      await session.close();
    });

    describe('YOLOX-nano at 416 on three images: raw output within 1e-3', () => {
      let session: Session;
      beforeAll(async () => {
        const { tensors } = await loadWeights(sharedPath('data', 'yolox_nano', 'yolox_nano.pth'));
        session = await openSession(buildYolox(describeVariant(tensors), tensors), 2);
      });
      afterAll(() => session.close());
      test.each(IMAGES)('%s', async (image) => {
        const picture = await readImage(sharedPath('data', 'coco_val50', 'images', `${image}.jpg`));
        const { pixels } = letterbox(picture, { height: 416, width: 416 });
        const [output] = await session.run(pixels);
        const golden = readNpy(sharedPath('golden', 'network', `${image}_raw.npy`));
        expect(largestDifference(output!.data, golden.data)).toBeLessThan(1e-3);
      });
    });
  });
});

test('random weights keep activations within an order of magnitude of 1 through all layers of YOLOX-tiny', async () => {
  const variant = officialVariant('tiny');
  const graph = buildYolox(variant, randomWeights(variant, 1));
  const inputs = graph.nodes.flatMap((node) => (node.op === 'conv2d' ? node.inputs : []));
  const tapped = tapLayers(graph, inputs);
  const session = await (await openEngine('onnxruntime')).open(tapped, { threads: 2 });
  const pixels = randomPixels([1, 3, 64, 64], 1);
  for (let i = 0; i < pixels.data.length; i++) pixels.data[i]! *= 255;
  const outputs = await session.run(pixels);
  expect(convolutionsInForwardOrder(variant)).toHaveLength(83);
  const spread = outputs
    .slice(2)
    .map(({ data }) => Math.sqrt(data.reduce((sum, x) => sum + x * x, 0) / data.length));
  expect(Math.min(...spread)).toBeGreaterThan(0.1);
  expect(Math.max(...spread)).toBeLessThan(10);
  const [head] = outputs;
  const objectness = head!.data.filter((_, i) => i % 85 === 4);
  expect(objectness.reduce((sum, x) => sum + x, 0) / objectness.length).toBeLessThan(0.05);
  await session.close();
});
