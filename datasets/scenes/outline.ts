import { unitVector } from './unit-vector.ts';

/** Closed contours, each `[x0, y0, x1, y1, …]`. What a contour of the other direction encloses is a hole. */
export type Outline = readonly (readonly number[])[];

/** Corners of a circle drawn as a polygon: at the largest radius here it is off the circle by a tenth of a pixel. */
const CIRCLE_CORNERS = 40;

export const polygon = (...points: number[]): Outline => [points];

export const rectangle = (left: number, top: number, right: number, bottom: number): Outline => [
  [left, top, right, top, right, bottom, left, bottom],
];

/** Points of an arc from turn `from` to turn `to`. */
export function arc(
  x: number,
  y: number,
  radiusX: number,
  radiusY: number,
  from: number,
  to: number,
  segments: number,
): number[] {
  const points: number[] = [];
  for (let i = 0; i <= segments; i++) {
    const [cosine, sine] = unitVector(from + ((to - from) * i) / segments);
    points.push(x + radiusX * cosine, y + radiusY * sine);
  }
  return points;
}

export const ellipse = (x: number, y: number, radiusX: number, radiusY = radiusX): Outline => [
  arc(x, y, radiusX, radiusY, 0, 1 - 1 / CIRCLE_CORNERS, CIRCLE_CORNERS - 1),
];

/** Between two ellipses around one point. */
export const ring = (x: number, y: number, radiusX: number, radiusY: number, hole: number): Outline => [
  ...ellipse(x, y, radiusX, radiusY),
  arc(x, y, radiusX * hole, radiusY * hole, 1 - 1 / CIRCLE_CORNERS, 0, CIRCLE_CORNERS - 1),
];

/** With a corner at turn `from`. */
export const regularPolygon = (
  x: number,
  y: number,
  radius: number,
  corners: number,
  from: number,
): Outline => [arc(x, y, radius, radius, from, from + 1 - 1 / corners, corners - 1)];

export function roundedRectangle(
  left: number,
  top: number,
  right: number,
  bottom: number,
  radius: number,
): Outline {
  const corner = (x: number, y: number, from: number): number[] =>
    arc(x, y, radius, radius, from, from + 0.25, 4);
  return [
    [
      ...corner(right - radius, bottom - radius, 0),
      ...corner(left + radius, bottom - radius, 0.25),
      ...corner(left + radius, top + radius, 0.5),
      ...corner(right - radius, top + radius, 0.75),
    ],
  ];
}

/** A line through `points` of the given width: a contour a segment, all of one direction. */
export function stroke(points: readonly number[], width: number): Outline {
  const contours: number[][] = [];
  for (let i = 0; i + 3 < points.length; i += 2) {
    const [x0, y0, x1, y1] = [points[i], points[i + 1], points[i + 2], points[i + 3]];
    const length = Math.sqrt((x1 - x0) * (x1 - x0) + (y1 - y0) * (y1 - y0));
    if (length === 0) continue;
    const nx = ((y1 - y0) / length) * (width / 2);
    const ny = ((x0 - x1) / length) * (width / 2);
    contours.push([x0 + nx, y0 + ny, x1 + nx, y1 + ny, x1 - nx, y1 - ny, x0 - nx, y0 - ny]);
  }
  return contours;
}
