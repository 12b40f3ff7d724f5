export { type BgrImage, bgrImage, checkBgrImage, type PixelSize } from './bgr-image.ts';
export { channelMajorToNac, nacToChannelMajor, nchwToNhwc, nhwcToNchw } from './layout.ts';
export {
  createLetterbox,
  type Letterbox,
  type Letterboxed,
  type LetterboxGeometry,
  type LetterboxOptions,
  letterbox,
  letterboxGeometry,
  PAD_VALUE,
} from './letterbox.ts';
export { resizeBilinear } from './resize-bilinear.ts';
