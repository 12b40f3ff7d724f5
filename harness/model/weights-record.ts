import { countMultiplyAdds } from '../../reference/network/index.ts';
import type { PixelSize } from '../../reference/preprocess/index.ts';
import type { RunRecord } from '../../reports/index.ts';
import type { Model } from './load-model.ts';

/** What every record says of the weights. */
export function weightsRecord(model: Model, { height, width }: PixelSize): RunRecord['weights'] {
  const { name, depth, width: widthMultiplier, depthwise, classes } = model.variant;
  return {
    file: model.file,
    format: model.format,
    sha256: model.sha256,
    variant: name,
    depth,
    width: widthMultiplier,
    depthwise,
    classes,
    parameters: model.parameters,
    multiplyAdds: countMultiplyAdds(model.graph, [height, width]),
  };
}
