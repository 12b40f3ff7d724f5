import type { Random } from '../../../reference/random.ts';
import { between, chance } from '../chance.ts';
import { type Colour, dim, mix, vary, vivid } from '../colour.ts';
import { type Drawing, shape } from '../drawing.ts';
import { ellipse, roundedRectangle, stroke } from '../outline.ts';
import { unitVector } from '../unit-vector.ts';

/** A face with twelve marks and two or three hands in a round or square case. */
export function drawClock(random: Random): Drawing {
  const round = chance(random, 0.8);
  const rim: Colour = chance(random, 0.5) ? vary(random, [60, 48, 40], 30) : vivid(random);
  const dark = chance(random, 0.15);
  const face: Colour = dark ? [40, 42, 50] : vary(random, [240, 238, 228], 12);
  const ink: Colour = dark ? [235, 235, 230] : mix([30, 30, 34], rim, 0.15);
  const border = between(random, 0.8, 0.9);
  const plate = (half: number): ReturnType<typeof ellipse> =>
    round ? ellipse(0, 0, half) : roundedRectangle(-half, -half, half, half, 0.12);
  const shapes = [
    shape(plate(1), { colour: rim, x: -0.25, y: -0.3 }),
    shape(plate(border + 0.03), dim(rim, 0.7)),
    shape(plate(border), { colour: face, x: 0.05, y: 0.08 }),
  ];
  for (let hour = 0; hour < 12; hour++) {
    const [x, y] = unitVector(hour / 12);
    const long = hour % 3 === 0;
    const from = border - (long ? 0.24 : 0.15);
    const to = border - 0.05;
    shapes.push(shape(stroke([from * x, from * y, to * x, to * y], long ? 0.085 : 0.05), ink));
  }
  const minutes = random.integer(60);
  const hand = (turn: number, length: number, width: number, colour: Colour): void => {
    const [x, y] = unitVector(turn - 0.25);
    shapes.push(shape(stroke([-0.12 * x, -0.12 * y, length * x, length * y], width), colour));
  };
  hand((random.integer(12) + minutes / 60) / 12, 0.42, 0.11, ink);
  hand(minutes / 60, 0.64, 0.075, ink);
  if (chance(random, 0.4)) hand(random.integer(60) / 60, 0.66, 0.035, [200, 40, 40]);
  shapes.push(shape(ellipse(0, 0, 0.07), ink));
  return { shapes };
}
