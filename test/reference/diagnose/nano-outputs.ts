import { readdirSync } from 'node:fs';
import { readImage } from '../../../datasets/index.ts';
import type { BackendFactory } from '../../../harness/backends/backend.ts';
import { floatBackend } from '../../../harness/backends/float-backend.ts';
import { quantizedBackend } from '../../../harness/backends/quantized-backend.ts';
import { type EngineName, openEngine } from '../../../harness/engines/index.ts';
import { loadModel } from '../../../harness/model/load-model.ts';
import { prepareImages } from '../../../harness/model/prepare-images.ts';
import { type InputMistake, inputHypotheses } from '../../../reference/diagnose/index.ts';
import type { PixelSize } from '../../../reference/preprocess/index.ts';
import { readQuantizedCheckpoint } from '../../../reference/quantize/index.ts';
import { float32Tensor, type Tensor } from '../../../reference/tensor.ts';
import { sharedPath } from '../../support/shared.ts';

export const NANO_SIZE = { height: 416, width: 416 };

/** What a network is given: the right input, or one that a port would have made of it. */
export type InputName = 'right' | InputMistake;

export interface NanoInput {
  readonly fileName: string;
  readonly pixels: Tensor;
  readonly picture: PixelSize;
}

/** Inputs of the first `count` images of coco_val50. */
export async function nanoInputs(count: number, legacy = false): Promise<NanoInput[]> {
  const folder = sharedPath('data', 'coco_val50', 'images');
  const sources = readdirSync(folder)
    .filter((name) => name.endsWith('.jpg'))
    .sort()
    .slice(0, count)
    .map((fileName) => ({ fileName, path: `${folder}/${fileName}` }));
  const inputs: NanoInput[] = [];
  for await (const { source, pixels } of prepareImages(sources, { size: NANO_SIZE, legacy })) {
    const { height, width } = await readImage(source.path);
    inputs.push({
      fileName: source.fileName,
      pixels: float32Tensor(pixels.data.slice(), pixels.shape, 'NCHW'),
      picture: { height, width },
    });
  }
  return inputs;
}

export async function floatNano(engine: EngineName): Promise<BackendFactory> {
  return floatBackend(
    await loadModel(sharedPath('data', 'yolox_nano', 'yolox_nano.pth')),
    await openEngine(engine),
  );
}

/** YOLOX-nano as MLU PyTorch would run it, with the scales of a quantised checkpoint. */
export async function quantizedNano(bits: 8 | 16): Promise<BackendFactory> {
  const { graph, tensors } = await loadModel(sharedPath('golden', 'quantize', `yolox_nano_int${bits}.pt`));
  return quantizedBackend({
    name: `int${bits}`,
    graph,
    scales: readQuantizedCheckpoint(tensors).convolutions,
    bits,
    rounding: 'half-away-from-zero',
    execution: 'exact',
    engine: await openEngine('onnxruntime'),
  });
}

/** Raw head outputs of a backend on each input, by the input's name. */
export async function outputsOf(
  factory: BackendFactory,
  inputs: readonly NanoInput[],
  names: readonly InputName[],
  legacy = false,
): Promise<ReadonlyMap<InputName, readonly Tensor[]>> {
  const hypotheses = inputHypotheses(legacy);
  const backend = await factory.open({ coreNumber: 2, purpose: 'latency' });
  const outputs = new Map<InputName, Tensor[]>();
  for (const name of names) {
    const own: Tensor[] = [];
    for (const { pixels, picture } of inputs) {
      const altered =
        name === 'right'
          ? pixels
          : hypotheses.find(({ mistake }) => mistake === name)!.apply(pixels, picture);
      const { output } = await backend.infer(altered);
      own.push(float32Tensor(output.data.slice(), output.shape, 'NAC'));
    }
    outputs.set(name, own);
  }
  await backend.close();
  return outputs;
}
