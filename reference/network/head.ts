import type { Pyramid } from './backbone.ts';
import { spatialConvBlock } from './conv-block.ts';
import type { LayoutBuilder, Value } from './layout-builder.ts';

/**
 * YOLOX `YOLOXHead` (`yolox/models/yolo_head.py`) without its decode: at each level box regression 4, objectness 1 and
 * classes C, the latter two after sigmoid; levels flattened and joined to `[N, anchors, 5 + C]`.
 */
export function head(builder: LayoutBuilder, features: Pyramid): Value {
  const levels = [features.stride8, features.stride16, features.stride32].map((feature, level) =>
    headLevel(builder, feature, level),
  );
  return builder.flattenLevels('output', levels);
}

function headLevel(builder: LayoutBuilder, feature: Value, level: number): Value {
  const { baseChannels, classes } = builder.variant;
  const channels = baseChannels * 4;
  const stem = builder.convBlock(`head.stems.${level}`, feature, channels, { kernel: 1 });
  const branch = (name: string): Value => {
    const first = spatialConvBlock(builder, `head.${name}.${level}.0`, stem, channels);
    return spatialConvBlock(builder, `head.${name}.${level}.1`, first, channels);
  };

  const classFeatures = branch('cls_convs');
  const classLogits = builder.prediction(`head.cls_preds.${level}`, classFeatures, classes);
  const boxFeatures = branch('reg_convs');
  const boxes = builder.prediction(`head.reg_preds.${level}`, boxFeatures, 4);
  const objectnessLogit = builder.prediction(`head.obj_preds.${level}`, boxFeatures, 1);

  const objectness = builder.activation('sigmoid', `head.obj_sigmoid.${level}`, objectnessLogit);
  const confidences = builder.activation('sigmoid', `head.cls_sigmoid.${level}`, classLogits);
  return builder.concat(`head.concat.${level}`, [boxes, objectness, confidences]);
}
