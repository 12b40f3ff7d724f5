import type { Random } from '../../reference/random.ts';
import { between, integerBetween, pick } from './chance.ts';
import { dim, muted, vivid } from './colour.ts';
import { type Drawing, type Shape, shape } from './drawing.ts';
import { arc, ellipse, polygon, rectangle, ring, roundedRectangle, stroke } from './outline.ts';
import { unitVector } from './unit-vector.ts';

/** Something that is of no category and must not be found: boards, sticks, stones, hoops, leaves, patterned cloth. */
export function drawClutter(random: Random): Drawing {
  return { shapes: pick(random, [board, board, stick, stone, hoop, leaf, cloth, box])(random) };
}

const paint = (random: Random): Shape['paint'] => ({
  colour: random.next() < 0.6 ? muted(random) : vivid(random),
  x: between(random, -0.3, 0.3),
  y: between(random, -0.3, 0.3),
});

function board(random: Random): Shape[] {
  const half = between(random, 0.15, 0.9);
  const look = paint(random);
  return [
    shape(rectangle(-half, -1, half, 1), look),
    shape(rectangle(-half * 0.8, -0.9, half * 0.8, 0.9), paint(random)),
  ].slice(0, integerBetween(random, 1, 2));
}

const stick = (random: Random): Shape[] => [
  shape(
    stroke(
      [-1, between(random, -0.6, 0.6), 0, 0, 1, between(random, -0.6, 0.6)],
      between(random, 0.04, 0.16),
    ),
    paint(random),
  ),
];

function stone(random: Random): Shape[] {
  const points: number[] = [];
  const corners = integerBetween(random, 3, 9);
  for (let i = 0; i < corners; i++) {
    const [x, y] = unitVector((i + between(random, -0.3, 0.3)) / corners);
    const radius = between(random, 0.5, 1);
    points.push(radius * x, radius * y);
  }
  return [shape([points], paint(random))];
}

const hoop = (random: Random): Shape[] => [
  shape(ring(0, 0, 1, between(random, 0.6, 1), between(random, 0.75, 0.93)), paint(random)),
];

function leaf(random: Random): Shape[] {
  const look = paint(random);
  return [
    shape([[...arc(0, 0.7, 1, 1.1, 0.6, 0.9, 8), ...arc(0, -0.7, 1, 1.1, 0.1, 0.4, 8)]], look),
    shape(stroke([-0.8, 0, 0.9, 0], 0.05), dim(look.colour, 0.6)),
  ];
}

function cloth(random: Random): Shape[] {
  const first = paint(random);
  const second = paint(random);
  const stripes = integerBetween(random, 3, 7);
  const shapes = [shape(polygon(-1, -0.7, 1, -0.8, 0.9, 0.8, -0.95, 0.7), first)];
  for (let i = 0; i < stripes; i++) {
    const x = -0.88 + (1.7 * i) / stripes;
    shapes.push(shape(rectangle(x, -0.66, x + 0.8 / stripes, 0.66), second));
  }
  return shapes;
}

function box(random: Random): Shape[] {
  const look = paint(random);
  const radius = between(random, 0.1, 0.5);
  return [
    shape(roundedRectangle(-1, -0.8, 1, 0.8, radius), look),
    shape(ellipse(between(random, -0.4, 0.4), 0, between(random, 0.1, 0.4)), paint(random)),
  ];
}
