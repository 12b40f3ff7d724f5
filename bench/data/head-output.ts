import { anchorGrid, type InputSize } from '../../reference/decode/index.ts';
import { createRandom } from '../../reference/random.ts';
import { float32Tensor, type Tensor } from '../../reference/tensor.ts';

const CLASSES = 80;
const OBJECTS = 25;
const ANCHORS_OF_OBJECT = 5;

/**
 * A head output as a trained network gives it for a full picture: a low objectness almost everywhere, and some objects
 * that several neighbouring anchors see. At 640 about 1,400 anchors reach a score of 0.001 and 100 one of 0.25.
 */
export function headOutput(inputSize: InputSize, seed: number): Tensor {
  const random = createRandom(seed);
  const { anchors } = anchorGrid(inputSize);
  const channels = 5 + CLASSES;
  const data = new Float32Array(anchors * channels);
  for (let anchor = 0; anchor < anchors; anchor++) {
    const at = anchor * channels;
    for (let k = 0; k < 4; k++) data[at + k] = 0.5 * random.gaussian();
    data[at + 4] = 0.3 * random.next() ** 30;
    for (let k = 5; k < channels; k++) data[at + k] = 0.02 * random.next();
    data[at + 5 + random.integer(CLASSES)] = 0.3 + 0.6 * random.next();
  }
  for (let object = 0; object < OBJECTS; object++) {
    const first = random.integer(anchors - ANCHORS_OF_OBJECT);
    const seen = random.integer(CLASSES);
    for (let anchor = first; anchor < first + ANCHORS_OF_OBJECT; anchor++) {
      const at = anchor * channels;
      data[at + 2] = 2.5 + 0.1 * random.gaussian();
      data[at + 3] = 2.5 + 0.1 * random.gaussian();
      data[at + 4] = 0.6 + 0.35 * random.next();
      data[at + 5 + seen] = 0.91 + 0.05 * random.next();
    }
  }
  return float32Tensor(data, [1, anchors, channels], 'NAC');
}
