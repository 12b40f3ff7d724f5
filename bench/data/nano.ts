import { readImage } from '../../datasets/index.ts';
import { loadModel } from '../../harness/model/load-model.ts';
import { foldBatchNorm, type Graph, quantizeConvs } from '../../reference/network/index.ts';
import { createLetterbox } from '../../reference/preprocess/index.ts';
import { readQuantizedCheckpoint } from '../../reference/quantize/index.ts';
import type { Tensor } from '../../reference/tensor.ts';
import { sharedPath } from './shared-data.ts';

export const NANO_SIZE = { height: 416, width: 416 };
export const NANO_ONNX = sharedPath('data', 'yolox_nano', 'yolox_nano.onnx');
export const NANO_WEIGHTS = sharedPath('data', 'yolox_nano', 'yolox_nano.pth');
export const NANO_INT16 = sharedPath('golden', 'quantize', 'yolox_nano_int16.pt');
export const VAL50 = sharedPath('data', 'coco_val50');
export const PICTURE = sharedPath('data', 'coco_val50', 'images', '000000397133.jpg');

/** YOLOX-nano with batch norm folded, as a backend runs it. */
export async function nanoGraph(): Promise<Graph> {
  return foldBatchNorm((await loadModel(NANO_WEIGHTS)).graph);
}

export async function int16NanoGraph(): Promise<Graph> {
  const { graph, tensors } = await loadModel(NANO_INT16);
  const { convolutions } = readQuantizedCheckpoint(tensors);
  return quantizeConvs(graph, convolutions, { rounding: 'half-away-from-zero' });
}

export async function picturePixels(): Promise<Tensor> {
  return createLetterbox(NANO_SIZE).apply(await readImage(PICTURE)).pixels;
}
