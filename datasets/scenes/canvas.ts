import { type Layer, OPAQUE } from './layer.ts';

/** The scene while it is drawn. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue, 0–255, row-major. */
  readonly pixels: Float64Array;
  /** By pixel the number of the object that is seen there; 0 for none. */
  readonly owner: Uint8Array;
}

export const createCanvas = (width: number, height: number): Canvas => ({
  width,
  height,
  pixels: new Float64Array(width * height * 3),
  owner: new Uint8Array(width * height),
});

/** Lays a layer on the canvas with its top-left corner at a pixel; what is beyond the edges falls away. */
export function compose(canvas: Canvas, layer: Layer, left: number, top: number, owner: number): void {
  overlap(canvas, layer, left, top, (at, from) => {
    const alpha = layer.pixels[from + 3];
    if (alpha === 0) return;
    const to = at * 3;
    const under = 1 - alpha;
    canvas.pixels[to] = canvas.pixels[to] * under + layer.pixels[from];
    canvas.pixels[to + 1] = canvas.pixels[to + 1] * under + layer.pixels[from + 1];
    canvas.pixels[to + 2] = canvas.pixels[to + 2] * under + layer.pixels[from + 2];
    if (alpha >= OPAQUE) canvas.owner[at] = owner;
  });
}

/** Number of pixels that a layer would take from each owner there (0: from none), by owner. */
export function pixelsTaken(canvas: Canvas, layer: Layer, left: number, top: number): Uint32Array {
  const taken = new Uint32Array(256);
  overlap(canvas, layer, left, top, (at, from) => {
    if (layer.pixels[from + 3] >= OPAQUE) taken[canvas.owner[at]]++;
  });
  return taken;
}

/** Calls `visit` with the canvas pixel and the index of the layer's values for each pixel that both have. */
function overlap(
  canvas: Canvas,
  layer: Layer,
  left: number,
  top: number,
  visit: (at: number, from: number) => void,
): void {
  const firstX = Math.max(0, -left);
  const lastX = Math.min(layer.width, canvas.width - left);
  const firstY = Math.max(0, -top);
  const lastY = Math.min(layer.height, canvas.height - top);
  for (let y = firstY; y < lastY; y++) {
    let at = (y + top) * canvas.width + left + firstX;
    let from = (y * layer.width + firstX) * 4;
    for (let x = firstX; x < lastX; x++, at++, from += 4) visit(at, from);
  }
}
