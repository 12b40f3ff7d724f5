import type { LayoutBuilder, Value } from './layout-builder.ts';

/**
 * A 3×3 block: one convolution, or for depthwise variants a depthwise 3×3 followed by a pointwise one
 * (YOLOX `BaseConv` or `DWConv`, `yolox/models/network_blocks.py`).
 */
export function spatialConvBlock(
  builder: LayoutBuilder,
  path: string,
  input: Value,
  outChannels: number,
  stride = 1,
): Value {
  if (!builder.variant.depthwise) return builder.convBlock(path, input, outChannels, { kernel: 3, stride });
  const depthwise = builder.convBlock(`${path}.dconv`, input, input.channels, {
    kernel: 3,
    stride,
    groups: input.channels,
  });
  return builder.convBlock(`${path}.pconv`, depthwise, outChannels, { kernel: 1 });
}
