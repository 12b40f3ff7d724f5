import type { OnnxModel } from '../onnx/model-proto.ts';
import { decodeModel } from '../onnx/model-proto.ts';
import { scanModel } from '../onnx/scan-model.ts';
import type { CheckpointContents } from './checkpoint-contents.ts';
import type { FileSource } from './file-source.ts';
import { namedTensorsFromOnnx } from './onnx/named-tensors-from-onnx.ts';
import { shorten } from './shorten.ts';
import { UnusableFile } from './unusable-file.ts';

const MAX_BYTES = 2 ** 31;

/** Reads the weights of an exported YOLOX, with or without decode, batch norm folded or not. */
export async function readOnnxWeights(source: FileSource): Promise<CheckpointContents> {
  if (source.size >= MAX_BYTES) {
    throw new UnusableFile(
      `it has ${source.size} bytes, more than protobuf allows`,
      'export it without other data',
    );
  }
  const model = decode(source.read(0, source.size));
  const { tensors, variant } = namedTensorsFromOnnx(model.graph);
  const metadata = {
    producer: shorten(`${model.producerName ?? ''} ${model.producerVersion ?? ''}`.trim()),
    opset: model.opsetImport.find(({ domain }) => !domain || domain === 'ai.onnx')?.version ?? 0,
    activation: variant.activation,
  };
  return { tensors, metadata };
}

function decode(bytes: Uint8Array): OnnxModel {
  try {
    scanModel(bytes);
    return decodeModel(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (error) {
    // protobufjs throws RangeError past the end, Error for wrong wire types and text that is not UTF-8
    throw new UnusableFile(`its protobuf structure is damaged (${shorten((error as Error).message, 120)})`);
  }
}
