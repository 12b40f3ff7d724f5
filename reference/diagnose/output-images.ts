import { elementCount, type Tensor } from '../tensor.ts';

/** The values of each image of a batch; of `like`'s batch where the axes of `output` are exchanged. */
export function imagesOf(output: Tensor, like: Tensor = output): Float32Array[] {
  const batch = like.shape[0]!;
  const perImage = output.data.length / batch;
  return Array.from({ length: batch }, (_, i) => output.data.subarray(i * perImage, (i + 1) * perImage));
}

/** @throws RangeError when an output does not hold as many numbers in a shape that can be the reference's. */
export function requireSameValues({ shape }: Tensor, actual: Tensor): void {
  const [batch, anchors, channels] = shape;
  const [ownBatch, ...rest] = actual.shape;
  const extents = rest.filter((extent) => extent !== 1).sort((a, b) => a - b);
  const wanted = [anchors!, channels!].filter((extent) => extent !== 1).sort((a, b) => a - b);
  const fits =
    ownBatch === batch &&
    extents.length === wanted.length &&
    extents.every((extent, i) => extent === wanted[i]) &&
    actual.data.length === elementCount(shape);
  if (fits) return;
  throw new RangeError(
    `cannot hold an output of shape [${actual.shape.join(', ')}] against the reference's [${shape.join(', ')}]: ` +
      'it must have the same batch, anchors and channels; give both backends the same weights and input size',
  );
}

export function countNotFinite(values: Float32Array): number {
  let count = 0;
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i]!)) count++;
  return count;
}
