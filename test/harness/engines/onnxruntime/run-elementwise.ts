import * as ort from 'onnxruntime-node';
import { OnnxBuilder } from '../../../../harness/engines/onnxruntime/onnx-builder.ts';

/** A session that runs what `emit` writes on a vector of any length. */
export async function elementwise(
  emit: (builder: OnnxBuilder, input: string, output: string) => void,
  opset?: number,
): Promise<{ run(values: Float32Array): Promise<Float32Array>; close(): Promise<void> }> {
  const builder = new OnnxBuilder('elementwise', opset);
  builder.addInput('x', ['n']);
  emit(builder, 'x', 'y');
  builder.addOutput('y', ['n']);
  const session = await ort.InferenceSession.create(builder.encode(), {
    graphOptimizationLevel: 'all',
    intraOpNumThreads: 2,
    logSeverityLevel: 3,
  });
  return {
    async run(values) {
      const { y } = await session.run({ x: new ort.Tensor('float32', values, [values.length]) });
      return y!.data as Float32Array;
    },
    close: () => session.release(),
  };
}

/** The first value whose results differ in a bit (the sign of zero counts), with both; undefined where there is none. */
export function firstDifference(
  values: Float32Array,
  actual: Float32Array,
  expected: (x: number) => number,
): { x: number; actual: number; expected: number } | undefined {
  for (let i = 0; i < values.length; i++) {
    const x = values[i]!;
    if (!Object.is(actual[i], expected(x))) return { x, actual: actual[i]!, expected: expected(x) };
  }
  return undefined;
}
