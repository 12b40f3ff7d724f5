import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  buildYolox,
  createVariant,
  focusToConv,
  foldBatchNorm,
  type Graph,
  randomWeights,
  tapLayers,
} from '../../../reference/network/index.ts';
import { interpretGraph } from '../../support/interpret-graph.ts';
import { largestRelativeDifference } from '../../support/largest-difference.ts';
import { randomGraph, randomPixels } from '../../support/random-graph.ts';

/** Folded weights are rounded to float32 once; the sums around them are float64. */
const TOLERANCE = 1e-5;
const seeds = fc.integer({ min: 0, max: 0xffffffff });
const sizes = fc.constantFrom([1, 3, 32, 32], [2, 3, 32, 64], [1, 3, 64, 32]);

function expectSameOutputs(before: Graph, after: Graph, shape: readonly number[], seed: number): void {
  const { data } = randomPixels(shape, seed);
  const expected = interpretGraph(before, shape, data);
  const actual = interpretGraph(after, shape, data);
  expect(actual).toHaveLength(expected.length);
  expected.forEach((value, i) => {
    expect(actual[i]!.shape).toEqual(value.shape);
    expect(largestRelativeDifference(actual[i]!.data, value.data)).toBeLessThan(TOLERANCE);
  });
}

describe.each([
  ['foldBatchNorm', foldBatchNorm],
  ['focusToConv', focusToConv],
  ['both', (graph: Graph) => focusToConv(foldBatchNorm(graph))],
])('%s leaves the outputs as they were', (_, pass) => {
  test('on random networks of every operation and size', () => {
    fc.assert(
      fc.property(seeds, sizes, (seed, shape) => {
        const graph = randomGraph(seed);
        const passed = pass(graph);
        expect(passed.nodes.length).toBeLessThan(graph.nodes.length);
        expectSameOutputs(graph, passed, shape, seed);
      }),
      { numRuns: 12 },
    );
  });

  test('on random networks whose values are all tapped', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const graph = randomGraph(seed);
        const tapped = tapLayers(
          graph,
          graph.nodes.map((node) => node.output),
        );
        expectSameOutputs(tapped, pass(tapped), [1, 3, 32, 32], seed);
      }),
      { numRuns: 6 },
    );
  });
});

describe('passes on YOLOX', () => {
  const variant = createVariant(0.33, 2 / 64, { depthwise: true, classes: 3 });
  const graph = buildYolox(variant, randomWeights(variant, 5));

  test('every batch norm is folded, Focus becomes a 6×6 convolution of stride 2, and no spare tensor is left', () => {
    const passed = focusToConv(foldBatchNorm(graph));
    expect(passed.nodes.filter((node) => node.op === 'batch-norm' || node.op === 'focus')).toEqual([]);
    expect(passed.nodes[0]).toMatchObject({ op: 'conv2d', stride: 2, padding: 2 });
    const used = passed.nodes.flatMap((node) => (node.op === 'conv2d' ? [node.weight, node.bias!] : []));
    expect([...passed.tensors.keys()].sort()).toEqual([...used].sort());
    expect(passed.tensors.get(used[0]!)!.shape).toEqual([2, 3, 6, 6]);
  });

  test('a batch norm stays behind a tapped or a quantised convolution', () => {
    const first = graph.nodes.find((node) => node.op === 'conv2d')!;
    const norms = (of: Graph) => of.nodes.filter((node) => node.op === 'batch-norm').length;
    expect(norms(foldBatchNorm(tapLayers(graph, [first.output])))).toBe(1);
    const quantization = {
      bits: 16,
      inputQuantScale: 128,
      weightQuantScale: Float32Array.of(1),
      rounding: 'half-up',
    } as const;
    const nodes = graph.nodes.map((node) =>
      node.op === 'conv2d' && node === first ? { ...node, quantization } : node,
    );
    expect(norms(foldBatchNorm({ ...graph, nodes }))).toBe(1);
  });

  test('tapping a value twice hands it out once; a value that is not there is a RangeError', () => {
    expect(tapLayers(graph, ['images', 'images', 'output']).outputs).toEqual(['output', 'images']);
    expect(() => tapLayers(graph, ['nothing'])).toThrow(RangeError);
  });
});
