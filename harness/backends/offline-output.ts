import { type AnchorGrid, BOX_CHANNELS } from '../../reference/decode/index.ts';
import { channelMajorToNac } from '../../reference/preprocess/index.ts';
import { vendorFloatFromHalf } from '../../reference/quantize/index.ts';
import { float32Tensor, type Tensor } from '../../reference/tensor.ts';
import { BackendError } from '../errors.ts';

/**
 * The output of an offline model as its runtime hands it over: four extents `[batch, 5 + classes, 1, anchors]` (YOLOX at
 * 640: `1 85 1 8400`), channel by channel in memory, float32 or the bits of float16.
 */
export type OfflineOutput = Tensor | Tensor<Uint16Array>;

/**
 * The way from an offline model's output to what the rest takes, whoever ran the model: shape and length checked, float16
 * widened, anchors outside and channels inside.
 * @returns NAC `[batch, anchors, 5 + classes]`, a copy.
 * @throws BackendError when the output is not of that form, not as long as its shape says, or of another input size.
 */
export function readOfflineOutput(output: OfflineOutput, batch: number, grid: AnchorGrid): Tensor {
  const { shape, data } = output;
  const [images, channels, one, anchors] = shape;
  const text = shape.join(' ');
  if (shape.length !== 4 || one !== 1 || !(channels! > BOX_CHANNELS)) {
    throw new BackendError(
      `cannot read the offline model's output of shape ${text}: it must be "batch, 5 + classes, 1, anchors", ` +
        `here ${batch} 85 1 ${grid.anchors} for 80 classes; export the model with one output of all anchors`,
    );
  }
  const { height, width } = grid.inputSize;
  if (images !== batch || anchors !== grid.anchors) {
    throw new BackendError(
      `cannot read the offline model's output of shape ${text}: ${batch} images of ${height}×${width} have ` +
        `${grid.anchors} anchors each; run the model at the batch and input size it was compiled for`,
    );
  }
  const count = images * channels! * anchors;
  if (data.length !== count) {
    throw new BackendError(
      `cannot read the offline model's output: shape ${text} is ${count} values, and ${data.length} came; ` +
        'take shape and data from the same model',
    );
  }
  return channelMajorToNac(float32Tensor(data instanceof Float32Array ? data : widened(data), shape));
}

function widened(halves: Uint16Array): Float32Array {
  return Float32Array.from(halves, vendorFloatFromHalf);
}
