import { readImage } from '../../datasets/index.ts';
import { createLetterbox } from '../../reference/preprocess/index.ts';
import { float32Tensor, type Tensor } from '../../reference/tensor.ts';
import { sharedPath } from './shared.ts';

/** The network input of an image of `coco_val50` at 416, as the golden outputs were made from it. */
export async function goldenInput(image: string): Promise<Tensor> {
  const letterbox = createLetterbox({ width: 416, height: 416 });
  const pixels = new Float32Array(letterbox.valuesPerImage);
  letterbox.into(await readImage(sharedPath('data', 'coco_val50', 'images', `${image}.jpg`)), pixels);
  return float32Tensor(pixels, [1, 3, 416, 416], 'NCHW');
}
