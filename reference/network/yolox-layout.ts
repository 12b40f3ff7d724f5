import { backbone } from './backbone.ts';
import { head } from './head.ts';
import { type ConvolutionLayout, LayoutBuilder, type NetworkLayout } from './layout-builder.ts';
import { neck } from './neck.ts';
import type { YoloxVariant } from './yolox-variant.ts';

/** Name of the input value, as in the official ONNX export. */
const INPUT = 'images';

/** The layers of a variant in the order of the official forward pass; the head output is not decoded. */
export function yoloxLayout(variant: YoloxVariant): NetworkLayout {
  const builder = new LayoutBuilder(variant);
  const features = backbone(builder, { name: INPUT, channels: 3 });
  const output = head(builder, neck(builder, features));
  return { input: INPUT, output: output.name, nodes: builder.nodes, convolutions: builder.convolutions };
}

/** Convolutions in the order in which the official network runs them, and so in which an ONNX export lists them. */
export function convolutionsInForwardOrder(variant: YoloxVariant): readonly ConvolutionLayout[] {
  return yoloxLayout(variant).convolutions;
}
