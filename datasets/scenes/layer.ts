import { Coverage } from './coverage.ts';
import type { Pose, Shape } from './drawing.ts';
import { unitVector } from './unit-vector.ts';

/** A drawing as pixels on nothing, ready to be laid on a canvas at any whole pixel. */
export interface Layer {
  readonly width: number;
  readonly height: number;
  /** Of the drawing's point (0, 0) from the layer's top-left corner. */
  readonly originX: number;
  readonly originY: number;
  /** Red, green, blue, each times alpha, and alpha (0–1): four values a pixel, row-major. */
  readonly pixels: Float64Array;
}

/** Alpha from which on a pixel counts as the object's. */
export const OPAQUE = 0.5;

const coverage = new Coverage();

/**
 * Draws shapes at a pose. `offsetX` and `offsetY` (0–1) are the parts of a pixel that the drawing's middle is off a pixel
 * corner, so that edges do not all fall on pixel borders.
 */
export function renderLayer(shapes: readonly Shape[], pose: Pose, offsetX: number, offsetY: number): Layer {
  const [cosine, sine] = unitVector(pose.turn);
  const across = pose.radius * pose.stretch * (pose.mirrored ? -1 : 1);
  const xu = cosine * across;
  const yu = sine * across;
  const xv = -sine * pose.radius;
  const yv = cosine * pose.radius;
  const contours = shapes.map(({ outline }) =>
    outline.map((points) => {
      const moved = new Float64Array(points.length);
      for (let i = 0; i < points.length; i += 2) {
        moved[i] = offsetX + xu * points[i] + xv * points[i + 1];
        moved[i + 1] = offsetY + yu * points[i] + yv * points[i + 1];
      }
      return moved;
    }),
  );
  const bounds = contours.map(boundsOf);
  const left = Math.min(...bounds.map((box) => box.left));
  const top = Math.min(...bounds.map((box) => box.top));
  const width = Math.max(...bounds.map((box) => box.right)) - left;
  const height = Math.max(...bounds.map((box) => box.bottom)) - top;
  const pixels = new Float64Array(width * height * 4);
  const determinant = xu * yv - xv * yu;

  contours.forEach((outline, index) => {
    const { colour, x = 0, y = 0, curve = 0, opacity = 1 } = shapes[index].paint;
    const box = bounds[index];
    coverage.start(box.left, box.top, box.right, box.bottom);
    for (const points of outline) {
      let lastX = points[points.length - 2];
      let lastY = points[points.length - 1];
      for (let i = 0; i < points.length; i += 2) {
        coverage.edge(lastX, lastY, points[i], points[i + 1]);
        lastX = points[i];
        lastY = points[i + 1];
      }
    }
    const flat = x === 0 && y === 0 && curve === 0;
    coverage.rows((row, areas) => {
      // The drawing's coordinates of this row's first pixel, and their steps from pixel to pixel.
      const dx = box.left + 0.5 - offsetX;
      const dy = row + 0.5 - offsetY;
      let u = (yv * dx - xv * dy) / determinant;
      let v = (xu * dy - yu * dx) / determinant;
      const stepU = yv / determinant;
      const stepV = -yu / determinant;
      let at = ((row - top) * width + (box.left - left)) * 4;
      for (let i = 0; i < areas.length; i++, at += 4, u += stepU, v += stepV) {
        const alpha = areas[i] * opacity;
        if (alpha < 1e-6) continue;
        const light = flat ? alpha : alpha * Math.max(0, 1 + x * u + y * v + curve * (0.5 - u * u - v * v));
        const under = 1 - alpha;
        pixels[at] = pixels[at] * under + colour[0] * light;
        pixels[at + 1] = pixels[at + 1] * under + colour[1] * light;
        pixels[at + 2] = pixels[at + 2] * under + colour[2] * light;
        pixels[at + 3] = pixels[at + 3] * under + alpha;
      }
    });
  });
  return { width, height, originX: -left, originY: -top, pixels };
}

interface Bounds {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Whole pixels around contours. */
function boundsOf(contours: readonly Float64Array[]): Bounds {
  let left = Number.POSITIVE_INFINITY;
  let top = Number.POSITIVE_INFINITY;
  let right = Number.NEGATIVE_INFINITY;
  let bottom = Number.NEGATIVE_INFINITY;
  for (const points of contours) {
    for (let i = 0; i < points.length; i += 2) {
      left = Math.min(left, points[i]);
      right = Math.max(right, points[i]);
      top = Math.min(top, points[i + 1]);
      bottom = Math.max(bottom, points[i + 1]);
    }
  }
  return {
    left: Math.floor(left),
    top: Math.floor(top),
    // One more, for an edge that lies on the last column's border.
    right: Math.floor(right) + 1,
    bottom: Math.floor(bottom) + 1,
  };
}
