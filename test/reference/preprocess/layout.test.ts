import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  channelMajorToNac,
  nacToChannelMajor,
  nchwToNhwc,
  nhwcToNchw,
} from '../../../reference/preprocess/index.ts';
import { float32Tensor } from '../../../reference/tensor.ts';

const extent = fc.integer({ min: 1, max: 6 });
const counted = (shape: number[], layout?: 'NCHW' | 'NHWC' | 'NAC') =>
  float32Tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => i),
    shape,
    layout,
  );

describe('layout', () => {
  test('NCHW → NHWC puts value (n, c, h, w) at (n, h, w, c), and back', () => {
    fc.assert(
      fc.property(extent, extent, extent, extent, (n, c, h, w) => {
        const nchw = counted([n, c, h, w], 'NCHW');
        const nhwc = nchwToNhwc(nchw);
        expect([nhwc.shape, nhwc.layout]).toEqual([[n, h, w, c], 'NHWC']);
        for (let i = 0; i < nchw.data.length; i++) {
          const [x, y] = [i % w, Math.floor(i / w) % h];
          const [channel, image] = [Math.floor(i / (w * h)) % c, Math.floor(i / (w * h * c))];
          expect(nhwc.data[((image * h + y) * w + x) * c + channel]).toBe(i);
        }
        expect(nhwcToNchw(nhwc)).toEqual(nchw);
      }),
    );
  });

  test('an offline output [N, channels, 1, anchors] becomes [N, anchors, channels]', () => {
    fc.assert(
      fc.property(extent, extent, extent, (n, channels, anchors) => {
        const nac = channelMajorToNac(counted([n, channels, 1, anchors]));
        expect([nac.shape, nac.layout]).toEqual([[n, anchors, channels], 'NAC']);
        for (let i = 0; i < n; i++)
          for (let a = 0; a < anchors; a++)
            for (let c = 0; c < channels; c++)
              expect(nac.data[(i * anchors + a) * channels + c]).toBe((i * channels + c) * anchors + a);
      }),
    );
    expect(channelMajorToNac(counted([1, 85, 1, 8400])).shape).toEqual([1, 8400, 85]);
  });

  test('[N, anchors, channels] goes channel by channel into memory, and back', () => {
    fc.assert(
      fc.property(extent, extent, extent, (n, anchors, channels) => {
        const nac = counted([n, anchors, channels], 'NAC');
        const memory = nacToChannelMajor(nac);
        expect([memory.shape, memory.layout]).toEqual([[n, channels, 1, anchors], undefined]);
        for (let i = 0; i < n; i++)
          for (let a = 0; a < anchors; a++)
            for (let c = 0; c < channels; c++)
              expect(memory.data[(i * channels + c) * anchors + a]).toBe((i * anchors + a) * channels + c);
        expect(channelMajorToNac(memory)).toEqual(nac);
      }),
    );
  });

  test('another shape or layout is refused', () => {
    expect(() => nacToChannelMajor(counted([1, 2, 3, 4]))).toThrow(/\[1, 2, 3, 4\] of layout unknown as NAC/);
    expect(() => channelMajorToNac(counted([1, 85, 2, 10]))).toThrow(
      /\[1, 85, 2, 10\] as the output of an offline/,
    );
    expect(() => nchwToNhwc(counted([1, 2, 3, 4], 'NHWC'))).toThrow(/of layout NHWC as NCHW/);
    expect(() => nhwcToNchw(counted([2, 3, 4]))).toThrow(/\[2, 3, 4\] of layout unknown as NHWC/);
    expect(() => nchwToNhwc({ ...counted([1, 2, 3, 4]), shape: [1, 2, 3, 5] })).toThrow(RangeError);
  });
});
