import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Coverage } from '../../../datasets/scenes/coverage.ts';

type Point = readonly [x: number, y: number];

const SIDE = 12;

function covered(contours: readonly (readonly Point[])[]): number[][] {
  const coverage = new Coverage();
  coverage.start(0, 0, SIDE, SIDE);
  for (const contour of contours) {
    contour.forEach(([x, y], i) => {
      const [nextX, nextY] = contour[(i + 1) % contour.length]!;
      coverage.edge(x, y, nextX, nextY);
    });
  }
  const rows: number[][] = [];
  coverage.rows((_, areas) => rows.push([...areas]));
  return rows;
}

/** Area of a polygon (shoelace). */
const areaOf = (points: readonly Point[]): number =>
  Math.abs(
    points.reduce((sum, [x, y], i) => {
      const [nextX, nextY] = points[(i + 1) % points.length]!;
      return sum + x * nextY - nextX * y;
    }, 0) / 2,
  );

/** The part of a polygon where `axis` is at least (sign 1) or at most (sign −1) `bound`: Sutherland and Hodgman. */
function cut(points: readonly Point[], axis: 0 | 1, bound: number, sign: 1 | -1): Point[] {
  return points.flatMap((here, i): Point[] => {
    const next = points[(i + 1) % points.length]!;
    const [a, b] = [sign * (here[axis] - bound), sign * (next[axis] - bound)];
    const share = a / (a - b);
    const crossing: Point = [here[0] + (next[0] - here[0]) * share, here[1] + (next[1] - here[1]) * share];
    return [...(a >= 0 ? [here] : []), ...(a >= 0 !== b >= 0 ? [crossing] : [])];
  });
}

const inPixel = (points: readonly Point[], x: number, y: number): number =>
  areaOf(cut(cut(cut(cut(points, 0, x, 1), 0, x + 1, -1), 1, y, 1), 1, y + 1, -1));

const coordinate = fc.oneof(
  fc.integer({ min: 0, max: SIDE - 1 }),
  fc.double({ min: 0, max: SIDE - 1, noNaN: true }),
);
const triangle = fc.tuple(...([1, 2, 3] as const).map(() => fc.tuple(coordinate, coordinate)));

describe('Coverage: the area of each pixel inside a polygon', () => {
  test('equals the area of the polygon cut to the pixel', () => {
    fc.assert(
      fc.property(triangle, (points) => {
        const rows = covered([points]);
        for (let y = 0; y < SIDE; y++) {
          for (let x = 0; x < SIDE; x++) expect(rows[y]![x]!).toBeCloseTo(inPixel(points, x, y), 9);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('a contour of the other direction is a hole; one of the same direction over it adds nothing', () => {
    const square = (from: number, to: number): Point[] => [
      [from, from],
      [to, from],
      [to, to],
      [from, to],
    ];
    const sum = (rows: number[][]): number => rows.flat().reduce((a, b) => a + b, 0);
    expect(sum(covered([square(1, 9), square(3, 5.5).reverse()]))).toBeCloseTo(64 - 6.25, 9);
    expect(sum(covered([square(1, 9), square(3, 5.5)]))).toBeCloseTo(64, 9);
  });

  test('a second shape in the same place starts from nothing', () => {
    const coverage = new Coverage();
    for (const to of [3, 2]) {
      coverage.start(0, 0, 4, 4);
      coverage.edge(to, 0, to, 4);
      coverage.edge(1, 4, 1, 0);
      const rows: number[][] = [];
      coverage.rows((_, areas) => rows.push([...areas]));
      expect(rows).toEqual(Array.from({ length: 4 }, () => [0, 1, to - 2, 0]));
    }
  });
});
