import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  buildYolox,
  createVariant,
  fuseBatchNorm,
  type Graph,
  type GraphNode,
  inferShapes,
  randomWeights,
  roundActivations,
  splitSilu,
  tabulateSigmoid,
  tapLayers,
} from '../../../reference/network/index.ts';
import { roundToVendorHalf } from '../../../reference/quantize/index.ts';
import { interpretGraph } from '../../support/interpret-graph.ts';
import { largestDifference, largestRelativeDifference } from '../../support/largest-difference.ts';
import { quantizeGraph } from '../../support/quantize-graph.ts';
import { randomGraph, randomPixels } from '../../support/random-graph.ts';

const SHAPE = [1, 3, 32, 32];
const seeds = fc.integer({ min: 0, max: 0xffffffff });
const variant = createVariant(0.33, 2 / 64, { depthwise: true, classes: 3 });
const yolox = buildYolox(variant, randomWeights(variant, 5));

const count = (graph: Graph, op: GraphNode['op']): number =>
  graph.nodes.filter((node) => node.op === op).length;
const outputOf = (graph: Graph, seed: number): Float64Array =>
  interpretGraph(graph, SHAPE, randomPixels(SHAPE, seed).data)[0]!.data;
/** Every value of a graph by its name. */
const valuesOf = (graph: Graph, seed: number) => {
  const tapped = tapLayers(
    graph,
    graph.nodes.map(({ output }) => output),
  );
  const values = interpretGraph(tapped, SHAPE, randomPixels(SHAPE, seed).data);
  return new Map(tapped.outputs.map((name, i) => [name, values[i]!]));
};

describe('splitSilu', () => {
  test('writes x · sigmoid(x), which is the same function, and keeps the names of values', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const graph = randomGraph(seed);
        const split = splitSilu(graph);
        expect([count(split, 'silu'), count(split, 'multiply')]).toEqual([0, count(graph, 'silu')]);
        expect(largestRelativeDifference(outputOf(split, seed), outputOf(graph, seed))).toBeLessThan(1e-12);
        expect(inferShapes(split, SHAPE).get(split.outputs[0])).toEqual(
          inferShapes(graph, SHAPE).get(graph.outputs[0]),
        );
      }),
      { numRuns: 6 },
    );
  });
});

describe('tabulateSigmoid', () => {
  test('replaces every sigmoid, those of SiLU once it is split, and moves the output by the error of the table', () => {
    const split = splitSilu(yolox);
    const table = tabulateSigmoid(split);
    expect([count(table, 'sigmoid'), count(table, 'table-sigmoid')]).toEqual([0, count(split, 'sigmoid')]);
    const moved = largestDifference(outputOf(table, 1), outputOf(split, 1));
    expect(moved).toBeGreaterThan(1e-6);
    expect(moved).toBeLessThan(1e-2);
  });
});

describe('fuseBatchNorm', () => {
  test.each([8, 16] as const)('changes no int%i output by more than float32 rounds its factors', (bits) => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const graph = quantizeGraph(randomGraph(seed), bits, 4);
        const fused = fuseBatchNorm(graph);
        expect(count(fused, 'batch-norm')).toBeLessThan(count(graph, 'batch-norm'));
        // A last place may carry an integer to its neighbour, which is a step of 4 / 127 or 4 / 32767 before the weights.
        const step = 4 / (bits === 8 ? 127 : 32767);
        expect(largestRelativeDifference(outputOf(fused, seed), outputOf(graph, seed))).toBeLessThan(step);
      }),
      { numRuns: 6 },
    );
  });

  test('leaves float convolutions, and those whose own output is handed out, and the integers of the weights', () => {
    const quantized = quantizeGraph(yolox, 16, 4);
    const convolutions = quantized.nodes.filter((node) => node.op === 'conv2d');
    const norms = count(quantized, 'batch-norm');
    const normalised = convolutions.filter((node) => node.quantization && !node.name.includes('_preds.'));
    expect(count(fuseBatchNorm(quantized), 'batch-norm')).toBe(norms - normalised.length);
    const tapped = tapLayers(quantized, [convolutions[0]!.output]);
    expect(count(fuseBatchNorm(tapped), 'batch-norm')).toBe(norms - normalised.length + 1);
    for (const { weight } of convolutions)
      expect(fuseBatchNorm(quantized).tensors.get(weight)).toBe(quantized.tensors.get(weight));
    expect(fuseBatchNorm(yolox).nodes).toEqual(yolox.nodes);
  });
});

describe('roundActivations', () => {
  const onlyMoves = ['concat', 'max-pool', 'upsample', 'focus', 'flatten-levels'];

  test('after every operator: each value of the graph is a half, the nearest one to what the operator makes of halves', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const graph = splitSilu(randomGraph(seed));
        const rounded = roundActivations(graph, 'operator');
        const values = valuesOf(rounded, seed);
        for (const { op, output } of graph.nodes) {
          const { data } = values.get(output)!;
          const before = values.get(`${output}.unrounded`);
          expect(before === undefined).toBe(onlyMoves.includes(op));
          if (before) expect(data).toEqual(before.data.map(roundToVendorHalf));
          // Focus only moves the input, which is not rounded.
          else if (op !== 'focus') expect(data).toEqual(data.map(roundToVendorHalf));
        }
        expect(largestRelativeDifference(outputOf(rounded, seed), outputOf(graph, seed))).toBeLessThan(2e-2);
      }),
      { numRuns: 6 },
    );
  });

  test('on YOLOX: once an operator online, once a group of convolution, batch norm and SiLU offline', () => {
    const graph = splitSilu(yolox);
    const rounded = (op: GraphNode['op']): number => count(graph, op);
    const operators = ['conv2d', 'batch-norm', 'sigmoid', 'multiply', 'add'] as const;
    const online = operators.map(rounded).reduce((sum, n) => sum + n, 0);
    expect(count(roundActivations(graph, 'operator'), 'vendor-half')).toBe(online);
    const offline = rounded('conv2d') + rounded('add');
    expect(count(roundActivations(graph, 'group'), 'vendor-half')).toBe(offline);
    expect(count(roundActivations(yolox, 'group'), 'vendor-half')).toBe(offline);
  });

  test('a value inside a group that is handed out, or read from outside, goes to memory', () => {
    const graph = splitSilu(yolox);
    const plain = count(roundActivations(graph, 'group'), 'vendor-half');
    const stem = graph.nodes.filter(({ name }) => name.startsWith('backbone.backbone.stem.conv'));
    expect(stem.map(({ op }) => op)).toEqual(['conv2d', 'batch-norm', 'sigmoid', 'multiply']);
    for (const { op, output } of stem) {
      const tapped = roundActivations(tapLayers(graph, [output]), 'group');
      // The group ends where a value leaves it; what follows belongs to no convolution and is rounded by itself.
      const more = { conv2d: 3, 'batch-norm': 2, sigmoid: 2, multiply: 0 }[op as 'conv2d'];
      expect([op, count(tapped, 'vendor-half') - plain]).toEqual([op, more]);
    }
  });
});
