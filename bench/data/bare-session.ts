import * as ort from 'onnxruntime-node';
import { float32Tensor, type Tensor } from '../../reference/tensor.ts';

export interface BareSession {
  run(pixels: Tensor): Promise<Tensor>;
  release(): Promise<void>;
}

/** ONNX Runtime alone on the file that others made, without anything of ours around it. */
export async function bareSession(path: string, threads: number): Promise<BareSession> {
  const session = await ort.InferenceSession.create(path, {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const [input, output] = [session.inputNames[0]!, session.outputNames[0]!];
  return {
    async run(pixels) {
      const results = await session.run({ [input]: new ort.Tensor('float32', pixels.data, pixels.shape) });
      const { data, dims } = results[output]!;
      return float32Tensor(data as Float32Array, dims, 'NAC');
    },
    release: () => session.release(),
  };
}
