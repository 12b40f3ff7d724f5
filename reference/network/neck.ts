import type { Pyramid } from './backbone.ts';
import { spatialConvBlock } from './conv-block.ts';
import { cspLayer } from './csp-layer.ts';
import type { LayoutBuilder, Value } from './layout-builder.ts';

/** YOLOX `YOLOPAFPN` (`yolox/models/yolo_pafpn.py`), module path `backbone`: top-down, then bottom-up. */
export function neck(builder: LayoutBuilder, features: Pyramid): Pyramid {
  const path = 'backbone';
  const base = builder.variant.baseChannels;
  const csp = (name: string, input: Value, channels: number): Value =>
    cspLayer(builder, `${path}.${name}`, input, channels, {
      repeats: builder.variant.neckRepeats,
      shortcut: false,
    });

  const lateral32 = builder.convBlock(`${path}.lateral_conv0`, features.stride32, base * 8, { kernel: 1 });
  const up16 = builder.upsample(`${path}.upsample16`, lateral32);
  const joined16 = builder.concat(`${path}.concat_p4`, [up16, features.stride16]);
  const topDown16 = csp('C3_p4', joined16, base * 8);

  const lateral16 = builder.convBlock(`${path}.reduce_conv1`, topDown16, base * 4, { kernel: 1 });
  const up8 = builder.upsample(`${path}.upsample8`, lateral16);
  const joined8 = builder.concat(`${path}.concat_p3`, [up8, features.stride8]);
  const stride8 = csp('C3_p3', joined8, base * 4);

  const down16 = spatialConvBlock(builder, `${path}.bu_conv2`, stride8, base * 4, 2);
  const stride16 = csp('C3_n3', builder.concat(`${path}.concat_n3`, [down16, lateral16]), base * 8);

  const down32 = spatialConvBlock(builder, `${path}.bu_conv1`, stride16, base * 8, 2);
  const stride32 = csp('C3_n4', builder.concat(`${path}.concat_n4`, [down32, lateral32]), base * 16);

  return { stride8, stride16, stride32 };
}
