import { letterboxGeometry, PAD_VALUE, type PixelSize } from '../preprocess/index.ts';
import { float32Tensor, type Tensor } from '../tensor.ts';
import type { OutputFindingCode } from './diagnosis.ts';

export type InputMistake = Extract<
  OutputFindingCode,
  | 'channels-swapped'
  | 'input-divided-by-255'
  | 'input-legacy-normalised'
  | 'input-not-normalised'
  | 'letterbox-centred'
>;

/** A way in which a port may have prepared its input wrongly. */
export interface InputHypothesis {
  readonly mistake: InputMistake;
  /**
   * The input as the port would have made it.
   * @param pixels the right one, NCHW `[1, 3, H, W]`; left as it was.
   * @param picture size of the picture before the letterbox.
   * @throws RangeError when `pixels` is no such input, or the picture cannot be letterboxed into it.
   */
  apply(pixels: Tensor, picture: PixelSize): Tensor;
}

/** ImageNet's, red green blue: YOLOX yolox/data/data_augment.py `ValTransform` with `legacy`. */
const MEAN = [0.485, 0.456, 0.406] as const;
const DEVIATION = [0.229, 0.224, 0.225] as const;

/**
 * The input mistakes that an output can be held against: the reference network is run on each input, and its outputs are
 * given to the diagnosis.
 * @param legacy whether the right input of these weights is the legacy one.
 */
export function inputHypotheses(legacy: boolean): readonly InputHypothesis[] {
  const swapped: InputHypothesis = {
    mistake: 'channels-swapped',
    apply: (pixels) => (legacy ? exchangedBeforeNormalising(pixels) : exchanged(pixels)),
  };
  const centred: InputHypothesis = {
    mistake: 'letterbox-centred',
    apply: (pixels, picture) => centredLetterbox(pixels, picture, legacy),
  };
  return legacy
    ? [swapped, { mistake: 'input-not-normalised', apply: withoutNormalisation }, centred]
    : [
        swapped,
        { mistake: 'input-divided-by-255', apply: (pixels) => mapPlanes(pixels, IDENTITY, (v) => v / 255) },
        { mistake: 'input-legacy-normalised', apply: withLegacyNormalisation },
        centred,
      ];
}

const IDENTITY = [0, 1, 2] as const;
const REVERSED = [2, 1, 0] as const;

const exchanged = (pixels: Tensor): Tensor => mapPlanes(pixels, REVERSED, (value) => value);

/** Colours exchanged in the picture, so that each is normalised by the figures of another. */
const exchangedBeforeNormalising = (pixels: Tensor): Tensor =>
  mapPlanes(
    pixels,
    REVERSED,
    (value, to, from) => (value * DEVIATION[from]! + MEAN[from]! - MEAN[to]!) / DEVIATION[to]!,
  );

const withLegacyNormalisation = (pixels: Tensor): Tensor =>
  mapPlanes(pixels, REVERSED, (value, to) => (value / 255 - MEAN[to]!) / DEVIATION[to]!);

const withoutNormalisation = (pixels: Tensor): Tensor =>
  mapPlanes(pixels, REVERSED, (value, _, from) => Math.round((value * DEVIATION[from]! + MEAN[from]!) * 255));

/** Plane `to` of the result is made of plane `sources[to]`. */
function mapPlanes(
  pixels: Tensor,
  sources: readonly [number, number, number],
  value: (value: number, to: number, from: number) => number,
): Tensor {
  const { height, width } = inputSizeOf(pixels);
  const plane = height * width;
  const data = new Float32Array(3 * plane);
  for (const [to, from] of sources.entries()) {
    for (let i = 0; i < plane; i++) {
      data[to * plane + i] = value(pixels.data[from * plane + i]!, to, from);
    }
  }
  return float32Tensor(data, [1, 3, height, width], 'NCHW');
}

/** The picture in the middle, the odd row or column of padding at the bottom or the right. */
function centredLetterbox(pixels: Tensor, picture: PixelSize, legacy: boolean): Tensor {
  const size = inputSizeOf(pixels);
  const { height, width } = letterboxGeometry(picture, size);
  const top = Math.floor((size.height - height) / 2);
  const left = Math.floor((size.width - width) / 2);
  const plane = size.height * size.width;
  const data = new Float32Array(3 * plane);
  for (let channel = 0; channel < 3; channel++) {
    const padding = legacy ? (PAD_VALUE / 255 - MEAN[channel]!) / DEVIATION[channel]! : PAD_VALUE;
    data.fill(padding, channel * plane, (channel + 1) * plane);
    for (let row = 0; row < height; row++) {
      const from = channel * plane + row * size.width;
      data.set(pixels.data.subarray(from, from + width), channel * plane + (row + top) * size.width + left);
    }
  }
  return float32Tensor(data, [1, 3, size.height, size.width], 'NCHW');
}

function inputSizeOf({ shape, layout, data }: Tensor): PixelSize {
  const [batch, channels, height, width] = shape;
  if (
    shape.length !== 4 ||
    batch !== 1 ||
    channels !== 3 ||
    (layout !== undefined && layout !== 'NCHW') ||
    height === undefined ||
    width === undefined ||
    data.length !== 3 * height * width
  ) {
    throw new RangeError(
      `cannot alter a network input of shape [${shape.join(', ')}]: it must be NCHW [1, 3, height, width]`,
    );
  }
  return { height, width };
}
