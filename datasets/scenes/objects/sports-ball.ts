import type { Random } from '../../../reference/random.ts';
import { between, pick } from '../chance.ts';
import { vary, vivid } from '../colour.ts';
import { type Drawing, type Shape, shape } from '../drawing.ts';
import { arc, ellipse, regularPolygon, stroke } from '../outline.ts';
import { unitVector } from '../unit-vector.ts';

const LIT = { x: -0.3, y: -0.4, curve: 0.35 };

/** A football, a basketball, a tennis ball or a beach ball. */
export function drawSportsBall(random: Random): Drawing {
  return { shapes: pick(random, [football, football, basketball, tennisBall, beachBall])(random) };
}

function football(random: Random): Shape[] {
  const black = vary(random, [30, 30, 34], 14);
  const shapes = [
    shape(ellipse(0, 0, 1), { colour: vary(random, [228, 228, 228], 20), ...LIT }),
    shape(regularPolygon(0, 0, 0.36, 5, 0.25), black),
  ];
  for (let i = 0; i < 5; i++) {
    const [x, y] = unitVector(0.25 + i / 5);
    shapes.push(shape(stroke([0.34 * x, 0.34 * y, 0.7 * x, 0.7 * y], 0.06), black));
    const turn = 0.25 + i / 5;
    // A patch that runs over the edge, cut off along the ball.
    const edge = arc(0, 0, 0.99, 0.99, turn - 0.062, turn + 0.062, 5);
    const [ax, ay] = unitVector(turn + 0.04);
    const [bx, by] = unitVector(turn - 0.04);
    shapes.push(shape([[...edge, 0.76 * ax, 0.76 * ay, 0.66 * x, 0.66 * y, 0.76 * bx, 0.76 * by]], black));
  }
  return shapes;
}

function basketball(random: Random): Shape[] {
  const black: [number, number, number] = [40, 24, 18];
  const width = 0.075;
  return [
    shape(ellipse(0, 0, 1), { colour: vary(random, [190, 92, 38], 18), ...LIT }),
    shape(stroke([-0.99, 0, 0.99, 0], width), black),
    shape(stroke([0, -0.99, 0, 0.99], width), black),
    shape(stroke(arc(-1.1, 0, 0.72, 0.85, -0.148, 0.148, 10), width), black),
    shape(stroke(arc(1.1, 0, 0.72, 0.85, 0.352, 0.648, 10), width), black),
  ];
}

function tennisBall(random: Random): Shape[] {
  const white: [number, number, number] = [238, 240, 225];
  return [
    shape(ellipse(0, 0, 1), { colour: vary(random, [196, 222, 50], 18), ...LIT }),
    shape(stroke(arc(-1.15, 0, 0.85, 0.9, -0.145, 0.145, 10), 0.1), white),
    shape(stroke(arc(1.15, 0, 0.85, 0.9, 0.355, 0.645, 10), 0.1), white),
  ];
}

function beachBall(random: Random): Shape[] {
  const colours = [vivid(random), [240, 240, 236] as const, vivid(random), [240, 240, 236] as const];
  const [x, y] = [between(random, -0.25, 0.25), between(random, -0.25, 0.25)];
  const shapes: Shape[] = [];
  for (let i = 0; i < 8; i++) {
    const rim = arc(0, 0, 1, 1, i / 8, (i + 1) / 8, 6);
    shapes.push(shape([[x, y, ...rim]], { colour: colours[i % 4], ...LIT }));
  }
  shapes.push(shape(ellipse(x, y, 0.13), [240, 240, 236]));
  return shapes;
}
