import type { Graph } from '../../../reference/network/graph.ts';
import { emitNode } from './emit-node.ts';
import { OnnxBuilder } from './onnx-builder.ts';

/**
 * A graph as an ONNX model for inference here: batch, height and width are free, every output of the graph is handed
 * out under its own name, and values keep the names that they have in the graph.
 */
export function graphToOnnx(graph: Graph): OnnxBuilder {
  const builder = new OnnxBuilder(graph.name);
  builder.addInput(graph.input, ['batch', 3, 'height', 'width']);
  for (const node of graph.nodes) emitNode(builder, graph, node);
  for (const output of graph.outputs) {
    // ONNX has no way to hand an input straight out; the session returns it itself.
    if (output === graph.input) continue;
    const rank = graph.nodes.some((node) => node.output === output && node.op === 'flatten-levels') ? 3 : 4;
    builder.addOutput(
      output,
      Array.from({ length: rank }, (_, axis) => (axis === 0 ? 'batch' : `${output}.${axis}`)),
    );
  }
  return builder;
}
