/** Height and width in pixels. */
export interface PixelSize {
  readonly height: number;
  readonly width: number;
}

/** A decoded picture as `cv2.imread` gives it: uint8, row-major, height · width · 3, channels blue, green, red. */
export interface BgrImage extends PixelSize {
  readonly data: Uint8Array;
}

/**
 * A picture over `data` (not copied).
 * @throws RangeError when a side is not a positive integer or `data` does not hold height · width · 3 bytes.
 */
export function bgrImage(data: Uint8Array, size: PixelSize): BgrImage {
  const image = { height: size.height, width: size.width, data };
  checkBgrImage(image);
  return image;
}

/** @throws RangeError as `bgrImage` does, for a picture that was put together elsewhere. */
export function checkBgrImage({ height, width, data }: BgrImage): void {
  checkPixelSize({ height, width }, 'picture');
  if (data.length !== height * width * 3) {
    throw new RangeError(
      `cannot take ${data.length} bytes as a picture of ${width}×${height} pixels: ` +
        `BGR needs ${height * width * 3} (height · width · 3)`,
    );
  }
}

/** @throws RangeError when a side is not a positive integer; `what` names the thing in the message. */
export function checkPixelSize({ height, width }: PixelSize, what: string): void {
  if (!(Number.isSafeInteger(height) && Number.isSafeInteger(width) && height > 0 && width > 0)) {
    throw new RangeError(
      `cannot use ${width}×${height} (width × height) as the size of a ${what}: both sides must be positive integers`,
    );
  }
}
