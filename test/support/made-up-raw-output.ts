import { anchorGrid, type InputSize } from '../../reference/decode/index.ts';
import { createRandom } from '../../reference/random.ts';
import { float32Tensor, type Tensor } from '../../reference/tensor.ts';

/** Of four categories. */
export const CHANNELS = 9;

interface Made {
  readonly size?: InputSize;
  readonly batch?: number;
  readonly seed?: number;
  /** Logit that objectness and classes scatter around; −3 makes a few anchors certain of an object. */
  readonly background?: number;
}

/** A raw output as a network makes it: centres within a cell or so, sizes of a few strides, mostly background. */
export function rawOutput({
  size = { height: 128, width: 224 },
  batch = 1,
  seed = 1,
  background = -3,
}: Made = {}): Tensor {
  const random = createRandom(seed);
  const { anchors } = anchorGrid(size);
  const data = new Float32Array(batch * anchors * CHANNELS);
  for (let at = 0; at < data.length; at += CHANNELS) {
    for (let c = 0; c < CHANNELS; c++) {
      const normal = random.gaussian();
      data[at + c] =
        c < 2 ? 0.5 + normal * 0.6 : c < 4 ? 0.5 + normal : 1 / (1 + Math.exp(-(background + 2 * normal)));
    }
  }
  return float32Tensor(data, [batch, anchors, CHANNELS], 'NAC');
}
