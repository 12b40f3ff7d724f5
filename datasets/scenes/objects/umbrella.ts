import type { Random } from '../../../reference/random.ts';
import { between, chance, integerBetween } from '../chance.ts';
import { dim, vary, vivid } from '../colour.ts';
import { type Drawing, type Shape, shape } from '../drawing.ts';
import { arc, ellipse, rectangle, stroke } from '../outline.ts';

/** A dome of panels with a scalloped hem over a stick with a crook. */
export function drawUmbrella(random: Random): Drawing {
  const panels = integerBetween(random, 4, 6);
  const first = vivid(random);
  const second = chance(random, 0.5) ? vivid(random) : dim(first, between(random, 0.75, 0.88));
  const rise = between(random, 0.75, 1);
  const metal = vary(random, [70, 60, 52], 30);
  const shapes: Shape[] = [
    shape(rectangle(-0.03, -0.2, 0.03, 0.95), metal),
    shape(stroke(arc(0.12, 0.95, 0.12, 0.14, 0.5, 0.02, 8), 0.075), dim(metal, 0.7)),
  ];
  for (let panel = 0; panel < panels; panel++) {
    // Seams are quarter ellipses from the tip to the hem; the hem sags upwards between them.
    const seam = (at: number): number => -1 + (2 * at) / panels;
    const left = seam(panel);
    const right = seam(panel + 1);
    const down = arc(0, 0, Math.abs(right), rise, 0.75, right >= 0 ? 1 : 0.5, 8);
    const up = arc(0, 0, Math.abs(left), rise, left >= 0 ? 1 : 0.5, 0.75, 8);
    const hem = arc((left + right) / 2, 0, (right - left) / 2, 0.12, 1, 0.5, 6);
    shapes.push(
      shape([[...down, ...hem, ...up]], { colour: panel % 2 === 0 ? first : second, x: 0.18, y: 0.35 }),
    );
  }
  shapes.push(shape(ellipse(0, -rise, 0.04, 0.09), metal));
  return { shapes };
}
