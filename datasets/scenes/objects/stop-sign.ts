import type { Random } from '../../../reference/random.ts';
import { between, chance } from '../chance.ts';
import { vary } from '../colour.ts';
import { type Drawing, type Shape, shape } from '../drawing.ts';
import { type Outline, rectangle, regularPolygon, stroke } from '../outline.ts';

/** The four letters as lines, in a cell of 1 × 1 each. */
const LETTERS: readonly (readonly (readonly number[])[])[] = [
  [[1, 0.1, 0.1, 0.1, 0.1, 0.5, 0.9, 0.5, 0.9, 0.9, 0, 0.9]],
  [
    [0, 0.1, 1, 0.1],
    [0.5, 0.1, 0.5, 1],
  ],
  [[0.1, 0.1, 0.9, 0.1, 0.9, 0.9, 0.1, 0.9, 0.1, 0.1]],
  [[0.1, 1, 0.1, 0.1, 0.9, 0.1, 0.9, 0.55, 0.1, 0.55]],
];

/** A red octagon with a white border and the word; often on a pole. */
export function drawStopSign(random: Random): Drawing {
  const white = vary(random, [235, 235, 232], 15);
  const red = vary(random, [195, 25, 35], 25);
  const light = { x: between(random, -0.2, 0.2), y: between(random, -0.2, 0.2) };
  const word: Outline = LETTERS.flatMap((lines, letter) =>
    lines.flatMap((line) =>
      stroke(
        line.map((value, i) => (i % 2 === 0 ? -0.74 + 0.39 * letter + 0.31 * value : -0.28 + 0.56 * value)),
        0.11,
      ),
    ),
  );
  const pole: Shape = shape(rectangle(-0.06, 0.5, 0.06, 2.4), {
    colour: vary(random, [120, 120, 120], 40),
    x: 2,
  });
  return {
    scenery: chance(random, 0.6) ? [pole] : [],
    shapes: [
      shape(regularPolygon(0, 0, 1.04, 8, 1 / 16), { colour: white, ...light }),
      shape(regularPolygon(0, 0, 0.95, 8, 1 / 16), { colour: red, ...light }),
      shape(word, white),
    ],
  };
}
