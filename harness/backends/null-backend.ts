import { anchorGrid } from '../../reference/decode/index.ts';
import type { PixelSize } from '../../reference/preprocess/index.ts';
import { float32Tensor, type Tensor } from '../../reference/tensor.ts';
import type { BackendFactory } from './backend.ts';

/**
 * `null`: hands out a whole head output at once and computes nothing. What is measured of it is the time that the measuring
 * itself takes, which is in every other figure too.
 */
export function nullBackend(size: PixelSize, classes: number): BackendFactory {
  const { anchors } = anchorGrid(size);
  return {
    name: 'null',
    async open({ coreNumber }) {
      let output: Tensor | undefined;
      return {
        describe: () => ({
          name: 'null',
          precision: 'float32',
          engine: 'none',
          device: 'CPU',
          coreNumber,
          decoded: false,
          outputProvenance: 'measured',
          latencyProvenance: 'measured',
        }),
        async infer({ shape: [batch] }) {
          if (output?.shape[0] !== batch) {
            const shape = [batch!, anchors, 5 + classes];
            output = float32Tensor(new Float32Array(batch! * anchors * (5 + classes)), shape, 'NAC');
          }
          return { output };
        },
        saturation: () => [],
        async close() {},
      };
    },
  };
}
