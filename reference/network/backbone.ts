import { spatialConvBlock } from './conv-block.ts';
import { cspLayer } from './csp-layer.ts';
import type { LayoutBuilder, Value } from './layout-builder.ts';

/** Features at strides 8, 16 and 32. */
export interface Pyramid {
  readonly stride8: Value;
  readonly stride16: Value;
  readonly stride32: Value;
}

const POOL_KERNELS = [5, 9, 13];

/** YOLOX `CSPDarknet` (`yolox/models/darknet.py`), module path `backbone.backbone`. */
export function backbone(builder: LayoutBuilder, image: Value): Pyramid {
  const path = 'backbone.backbone';
  const { baseChannels: base, backboneRepeats: repeats } = builder.variant;

  const focused = builder.focus(`${path}.stem.focus`, image);
  const stem = builder.convBlock(`${path}.stem.conv`, focused, base, { kernel: 3 });

  const stage = (name: string, input: Value, channels: number, bottlenecks: number): Value => {
    const reduced = spatialConvBlock(builder, `${path}.${name}.0`, input, channels, 2);
    return cspLayer(builder, `${path}.${name}.1`, reduced, channels, {
      repeats: bottlenecks,
      shortcut: true,
    });
  };
  const dark2 = stage('dark2', stem, base * 2, repeats);
  const dark3 = stage('dark3', dark2, base * 4, repeats * 3);
  const dark4 = stage('dark4', dark3, base * 8, repeats * 3);

  const reduced = spatialConvBlock(builder, `${path}.dark5.0`, dark4, base * 16, 2);
  const pooled = spatialPyramidPooling(builder, `${path}.dark5.1`, reduced);
  const dark5 = cspLayer(builder, `${path}.dark5.2`, pooled, base * 16, { repeats, shortcut: false });

  return { stride8: dark3, stride16: dark4, stride32: dark5 };
}

/** YOLOX `SPPBottleneck`: max pools of three sizes beside their input. */
function spatialPyramidPooling(builder: LayoutBuilder, path: string, input: Value): Value {
  const reduced = builder.convBlock(`${path}.conv1`, input, Math.trunc(input.channels / 2), { kernel: 1 });
  const pools = POOL_KERNELS.map((kernel, i) => builder.maxPool(`${path}.m.${i}`, reduced, kernel));
  const joined = builder.concat(`${path}.concat`, [reduced, ...pools]);
  return builder.convBlock(`${path}.conv2`, joined, input.channels, { kernel: 1 });
}
