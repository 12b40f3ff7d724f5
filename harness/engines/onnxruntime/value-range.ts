import type { OnnxBuilder } from './onnx-builder.ts';

export interface ValueRangeOutputs {
  readonly min: string;
  readonly max: string;
}

/** Hands out the smallest and the largest element of a value as two float32 scalars. */
export function emitValueRange(builder: OnnxBuilder, value: string): ValueRangeOutputs {
  const reduce = (opType: 'ReduceMin' | 'ReduceMax'): string => {
    const output = builder.addNode(opType, [value], { keepdims: { int: 0 } });
    builder.addOutput(output, []);
    return output;
  };
  return { min: reduce('ReduceMin'), max: reduce('ReduceMax') };
}
