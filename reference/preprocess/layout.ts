import ndarray, { type NdArray } from 'ndarray';
import { float32Tensor, type Tensor } from '../tensor.ts';

/**
 * An image batch with its channels last, as the card takes its input.
 *
 * @param tensor NCHW `[N, C, H, W]`
 * @returns NHWC `[N, H, W, C]`, a copy
 * @throws RangeError for another number of axes, or a tensor that says it has another layout
 */
export function nchwToNhwc(tensor: Tensor): Tensor {
  demandLayout(tensor, 'NCHW');
  return pack(viewOf(tensor).transpose(0, 2, 3, 1), 'NHWC');
}

/**
 * The way back of `nchwToNhwc`.
 *
 * @param tensor NHWC `[N, H, W, C]`
 * @returns NCHW `[N, C, H, W]`, a copy
 * @throws RangeError for another number of axes, or a tensor that says it has another layout
 */
export function nhwcToNchw(tensor: Tensor): Tensor {
  demandLayout(tensor, 'NHWC');
  return pack(viewOf(tensor).transpose(0, 3, 1, 2), 'NCHW');
}

/**
 * The output of an offline model in the order the decoder takes: a network output `[N, anchors, channels]` shows up there
 * as the four axes `N channels 1 anchors`, channel by channel (`1 85 1 8400` for YOLOX at 640).
 *
 * @param tensor `[N, channels, 1, anchors]`
 * @returns NAC `[N, anchors, channels]`, a copy
 * @throws RangeError for another shape
 */
export function channelMajorToNac(tensor: Tensor): Tensor {
  if (tensor.shape.length !== 4 || tensor.shape[2] !== 1) {
    throw new RangeError(
      `cannot read [${tensor.shape.join(', ')}] as the output of an offline model: it must be [N, channels, 1, anchors]`,
    );
  }
  return pack(viewOf(tensor).pick(null, null, 0, null).transpose(0, 2, 1), 'NAC');
}

/**
 * The way back of `channelMajorToNac`: what an offline model makes of a network output.
 *
 * @param tensor NAC `[N, anchors, channels]`
 * @returns `[N, channels, 1, anchors]`, a copy
 * @throws RangeError for another number of axes, or a tensor that says it has another layout
 */
export function nacToChannelMajor(tensor: Tensor): Tensor {
  const { shape, layout } = tensor;
  if (shape.length !== 3 || (layout !== undefined && layout !== 'NAC')) {
    throw new RangeError(
      `cannot read a tensor [${shape.join(', ')}] of layout ${layout ?? 'unknown'} as NAC`,
    );
  }
  const { data, shape: transposed } = pack(viewOf(tensor).transpose(0, 2, 1));
  const [images, channels, anchors] = transposed;
  return float32Tensor(data, [images, channels, 1, anchors]);
}

function demandLayout({ shape, layout }: Tensor, wanted: 'NCHW' | 'NHWC'): void {
  if (shape.length === 4 && (layout === undefined || layout === wanted)) return;
  throw new RangeError(
    `cannot read a tensor [${shape.join(', ')}] of layout ${layout ?? 'unknown'} as ${wanted}`,
  );
}

/** A strided view over the tensor's values: transposing and picking move no value. */
const viewOf = (tensor: Tensor): NdArray<Float32Array> => {
  float32Tensor(tensor.data, tensor.shape);
  return ndarray(tensor.data, [...tensor.shape]);
};

/** Copies a view of three or four axes into row-major order. */
function pack(view: NdArray<Float32Array>, layout?: 'NCHW' | 'NHWC' | 'NAC'): Tensor {
  const { data, offset } = view;
  const four = view.shape.length === 4;
  const [n0, n1, n2, n3] = four ? view.shape : [1, ...view.shape];
  const [s0, s1, s2, s3] = four ? view.stride : [0, ...view.stride];
  const out = new Float32Array(view.size);
  let to = 0;
  for (let i = 0; i < n0; i++)
    for (let j = 0; j < n1; j++)
      for (let k = 0; k < n2; k++) {
        let from = offset + i * s0 + j * s1 + k * s2;
        for (let l = 0; l < n3; l++, from += s3) out[to++] = data[from];
      }
  return float32Tensor(out, [...view.shape], layout);
}
