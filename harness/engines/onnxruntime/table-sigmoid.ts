import { SIGMOID_TABLE } from '../../../reference/functions/index.ts';
import { ONNX_TYPE } from '../../onnx/model-proto.ts';
import type { OnnxBuilder } from './onnx-builder.ts';

/** Writes `tableSigmoid` of `reference/functions`, operation by operation and so bit for bit. */
export function emitTableSigmoid(builder: OnnxBuilder, input: string, output: string): void {
  const { positionFactor, positionShift, slope, offset } = SIGMOID_TABLE;
  const scaled = builder.addNode('Mul', [input, builder.addFloats(positionFactor)]);
  const position = builder.addNode('Clip', [
    builder.addNode('Add', [scaled, builder.addFloats(positionShift)]),
    builder.addFloats(0),
    builder.addFloats(slope.length - 1),
  ]);
  const segment = builder.addNode('Cast', [position], { to: { int: ONNX_TYPE.int32 } });
  const lookUp = (table: Float32Array): string =>
    builder.addNode('Gather', [builder.addFloats([...table]), segment]);
  const rise = builder.addNode('Mul', [lookUp(slope), input]);
  builder.addNode('Add', [rise, lookUp(offset)], {}, output);
}
