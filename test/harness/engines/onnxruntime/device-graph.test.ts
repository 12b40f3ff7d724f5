import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DeviceNumerics, emulatedMluGraph } from '../../../../harness/backends/emulated-mlu-graph.ts';
import { openEngine } from '../../../../harness/engines/index.ts';
import { BackendError } from '../../../../harness/errors.ts';
import {
  buildYolox,
  createVariant,
  type Graph,
  type GraphNode,
  randomWeights,
  tapLayers,
} from '../../../../reference/network/index.ts';
import type { Tensor } from '../../../../reference/tensor.ts';
import { interpretGraph, interpretNode } from '../../../support/interpret-graph.ts';
import { largestRelativeDifference } from '../../../support/largest-difference.ts';
import { quantizeGraph } from '../../../support/quantize-graph.ts';
import { randomGraph, randomPixels } from '../../../support/random-graph.ts';

const SHAPE = [1, 3, 32, 32];
const NAMES = ['mlu-online', 'mlu-offline'] as const;
const NUMERICS: readonly DeviceNumerics[] = [
  { activations: 'float32', functions: 'exact' },
  { activations: 'float32', functions: 'table' },
  { activations: 'float16', functions: 'exact' },
  { activations: 'float16', functions: 'table' },
];
const CASES = NAMES.flatMap((name) => NUMERICS.map((numerics) => [name, numerics] as const));

async function runGraph(graph: Graph, input: Tensor): Promise<Tensor[]> {
  const session = await (await openEngine('onnxruntime')).open(graph, { threads: 1 });
  const outputs = await session.run(input);
  await session.close();
  return outputs;
}

/**
 * Sums of float32 products come out in any order, batch norm in any form, and the slope of a leaky ReLU is a float32 in
 * the engine alone: the rest has one right result.
 */
const WITHOUT_ONE_RESULT = (node: GraphNode): boolean =>
  node.op === 'batch-norm' || node.op === 'leaky-relu' || (node.op === 'conv2d' && !node.quantization);

describe.each(CASES)('%s, %j', (name, numerics) => {
  test('each operator of random networks gives the one right float32 result of the values it read', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 0xffffffff }), async (seed) => {
        const graph = emulatedMluGraph(name, quantizeGraph(randomGraph(seed), 16, 4), numerics);
        const tapped = tapLayers(graph, ['images', ...graph.nodes.map(({ output }) => output)]);
        const outputs = await runGraph(tapped, randomPixels(SHAPE, seed));
        const values = new Map(
          tapped.outputs.map((value, i) => {
            const { shape, data } = outputs[i]!;
            return [value, { shape, data: Float64Array.from(data) }];
          }),
        );
        for (const node of graph.nodes) {
          const expected = interpretNode(
            graph,
            node,
            node.inputs.map((input) => values.get(input)!),
          );
          const actual = values.get(node.output)!;
          expect(actual.shape, node.name).toEqual(expected.shape);
          if (WITHOUT_ONE_RESULT(node)) {
            expect(largestRelativeDifference(actual.data, expected.data), node.name).toBeLessThan(2e-6);
          } else {
            expect(actual.data, node.name).toEqual(expected.data.map(Math.fround));
          }
        }
      }),
      { numRuns: 2 },
    );
  });

  // Where every batch norm is fused, or there is none, and no convolution is depthwise, there is one right output.
  test('a whole YOLOX equals the interpreter bit for bit', async () => {
    const bits = numerics.functions === 'table' ? 8 : 16;
    const variant = createVariant(0.1, 1 / 64, { classes: 2, batchNorm: name === 'mlu-offline' });
    const yolox = buildYolox(variant, randomWeights(variant, 8));
    const graph = emulatedMluGraph(name, quantizeGraph(yolox, bits, 6), numerics);
    const input = randomPixels(SHAPE, 5);
    const [output] = await runGraph(graph, input);
    const [expected] = interpretGraph(graph, SHAPE, input.data, Math.fround);
    expect(Float64Array.from(output!.data)).toEqual(expected!.data);
  });
});

test('TensorFlow.js refuses a graph that rounds like a device', async () => {
  const variant = createVariant(0.33, 1 / 64, { classes: 1, depthwise: true });
  const yolox = buildYolox(variant, randomWeights(variant, 8));
  const graph = emulatedMluGraph('mlu-online', yolox, { activations: 'float16', functions: 'exact' });
  const session = await (await openEngine('tfjs')).open(graph, { threads: 1 });
  const run = session.run(randomPixels(SHAPE, 1));
  await expect(run).rejects.toThrow(BackendError);
  await expect(run).rejects.toThrow(/vendor-half.*use the engine onnxruntime/);
  await session.close();
});
