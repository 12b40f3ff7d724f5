import { floatFromHalf } from '../../reference/quantize/half.ts';
import { elementCount, float32Tensor, type Tensor } from '../../reference/tensor.ts';
import { ONNX_TYPE, type OnnxTensor } from './model-proto.ts';

const EXTERNAL = 1;

/**
 * A stored tensor's values in float32: float32 as they are, float16 widened, float64 rounded.
 * @throws RangeError when the values lie in another file, are of another type, or are not as many as the shape says.
 */
export function tensorValues(tensor: OnnxTensor): Tensor {
  if (tensor.dataLocation === EXTERNAL || (tensor.externalData?.length ?? 0) > 0) {
    const location = tensor.externalData?.find(({ key }) => key === 'location')?.value ?? 'another file';
    throw new RangeError(`keeps its values outside the model, in ${location}`);
  }
  const shape = tensor.dims ?? [];
  if (shape.some((extent) => !Number.isSafeInteger(extent) || extent < 0)) {
    throw new RangeError(`has the impossible shape [${shape.join(', ')}]`);
  }
  const count = elementCount(shape);
  const data = values(tensor, count);
  if (data.length !== count) {
    throw new RangeError(`has ${data.length} values where its shape [${shape.join(', ')}] needs ${count}`);
  }
  return float32Tensor(data, shape);
}

function values(tensor: OnnxTensor, count: number): Float32Array {
  const raw = tensor.rawData?.length ? tensor.rawData : undefined;
  switch (tensor.dataType) {
    case ONNX_TYPE.float32:
      return raw ? new Float32Array(aligned(raw, count, 4)) : Float32Array.from(tensor.floatData ?? []);
    case ONNX_TYPE.float64:
      return Float32Array.from(raw ? new Float64Array(aligned(raw, count, 8)) : (tensor.doubleData ?? []));
    case ONNX_TYPE.float16:
      return Float32Array.from(
        raw ? new Uint16Array(aligned(raw, count, 2)) : (tensor.int32Data ?? []),
        floatFromHalf,
      );
    default:
      throw new RangeError(`has values of ONNX type ${tensor.dataType}, which are no floating-point weights`);
  }
}

/** A copy: the values may lie at any byte of the file, and the file need not stay in memory for them. */
function aligned(raw: Uint8Array, count: number, bytesPerElement: number): ArrayBuffer {
  if (raw.length !== count * bytesPerElement) {
    throw new RangeError(`has ${raw.length} bytes where its shape needs ${count * bytesPerElement}`);
  }
  return Uint8Array.from(raw).buffer;
}
