import { onnxruntimeEngine } from '../harness/engines/onnxruntime/onnxruntime-engine.ts';
import { countMultiplyAdds, type Graph } from '../reference/network/index.ts';
import { float32Tensor } from '../reference/tensor.ts';
import type { Machine } from './row.ts';
import { timeInTurns } from './time-in-turns.ts';

/** As large as the arrays of the rows: a network input at 640 has 4.9 MB, a head output 2.9 MB. */
const COPIED_VALUES = 1_000_000;

export async function measureMachine(): Promise<Machine> {
  const source = new Float32Array(COPIED_VALUES).fill(1);
  const target = new Float32Array(COPIED_VALUES);
  const [copy] = await timeInTurns([{ label: 'copy', run: () => target.set(source) }] as const, {
    seconds: 0.3,
  });
  let multiplyAdds: Promise<number> | undefined;
  return {
    copyBytesPerSecond: (2 * source.byteLength) / (copy.least / 1000),
    multiplyAddsPerSecond: () => {
      multiplyAdds ??= measureMultiplyAdds();
      return multiplyAdds;
    },
  };
}

/** Convolutions that are one large matrix product each, where the engine comes nearest to what the processor can do. */
async function measureMultiplyAdds(): Promise<number> {
  const channels = 256;
  const graph = pointwiseChain(channels, 8);
  const session = await onnxruntimeEngine.open(graph, { threads: 1 });
  const pixels = float32Tensor(new Float32Array(3 * 64 * 64).fill(0.5), [1, 3, 64, 64], 'NCHW');
  const [figure] = await timeInTurns(
    [{ label: 'matrix products', run: () => session.run(pixels) }] as const,
    {
      seconds: 1,
    },
  );
  await session.close();
  return countMultiplyAdds(graph, [64, 64]) / (figure.least / 1000);
}

function pointwiseChain(channels: number, length: number): Graph {
  const tensors = new Map<string, ReturnType<typeof float32Tensor>>();
  const nodes = Array.from({ length }, (_, index) => {
    const inputs = index === 0 ? 3 : channels;
    const name = `conv${index}`;
    tensors.set(
      `${name}.weight`,
      float32Tensor(new Float32Array(channels * inputs).fill(1 / inputs), [channels, inputs, 1, 1], 'OIHW'),
    );
    return {
      op: 'conv2d' as const,
      name,
      inputs: [index === 0 ? 'pixels' : `value${index - 1}`],
      output: `value${index}`,
      weight: `${name}.weight`,
      stride: 1,
      padding: 0,
      groups: 1,
    };
  });
  return { name: 'matrix products', input: 'pixels', nodes, tensors, outputs: [`value${length - 1}`] };
}
