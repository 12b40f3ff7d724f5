import type { Random } from '../../reference/random.ts';
import type { Canvas } from './canvas.ts';
import { between, chance, integerBetween } from './chance.ts';
import { type Colour, dim, hsv, mix, muted, vary } from './colour.ts';

/** Fills the canvas with a place: a wall over a floor, a sky over ground, or a surface seen from above; with texture. */
export function paintBackground(canvas: Canvas, random: Random): void {
  const kind = random.next();
  if (kind < 0.4) paintRoom(canvas, random);
  else if (kind < 0.75) paintOutside(canvas, random);
  else fillRows(canvas, 0, canvas.height, muted(random), muted(random));
  if (chance(random, 0.3)) paintTiles(canvas, random);
  addTexture(canvas, random, integerBetween(random, 5, 14), between(random, 4, 22));
  addTexture(canvas, random, integerBetween(random, 18, 60), between(random, 6, 26));
}

function paintRoom(canvas: Canvas, random: Random): void {
  const wall = muted(random);
  const floor = vary(random, [130, 96, 66], 45);
  const edge = Math.round(canvas.height * between(random, 0.5, 0.9));
  fillRows(canvas, 0, edge, wall, dim(wall, between(random, 0.75, 1)));
  fillRows(canvas, edge, canvas.height, dim(floor, 0.8), floor);
  fillRows(canvas, edge, Math.min(edge + 4, canvas.height), mix(wall, [255, 255, 255], 0.4), wall);
}

function paintOutside(canvas: Canvas, random: Random): void {
  const sky = hsv(between(random, 0.52, 0.62), between(random, 0.1, 0.6), between(random, 0.65, 1));
  const ground = chance(random, 0.6)
    ? hsv(between(random, 0.2, 0.36), between(random, 0.3, 0.6), between(random, 0.3, 0.6))
    : vary(random, [120, 116, 110], 35);
  const edge = Math.round(canvas.height * between(random, 0.35, 1.1));
  fillRows(canvas, 0, edge, sky, mix(sky, [245, 245, 240], between(random, 0.2, 0.7)));
  fillRows(canvas, edge, canvas.height, ground, dim(ground, between(random, 0.7, 1.1)));
}

/** Rows `from` … `to` − 1, shaded from one colour to another. */
function fillRows(
  { width, height, pixels }: Canvas,
  from: number,
  to: number,
  above: Colour,
  below: Colour,
): void {
  for (let y = Math.max(from, 0); y < Math.min(to, height); y++) {
    const [red, green, blue] = mix(above, below, (y - from) / (to - from));
    for (let at = y * width * 3; at < (y + 1) * width * 3; at += 3) {
      pixels[at] = red;
      pixels[at + 1] = green;
      pixels[at + 2] = blue;
    }
  }
}

/** Bricks, planks or tiles: cells of slightly different lightness with darker joints. */
function paintTiles({ width, height, pixels }: Canvas, random: Random): void {
  const cellWidth = integerBetween(random, 14, 70);
  const cellHeight = integerBetween(random, 10, 40);
  const shift = chance(random, 0.5) ? Math.floor(cellWidth / 2) : 0;
  const joint = between(random, 0.72, 0.92);
  const columns = Math.ceil(width / cellWidth) + 2;
  const shades = Float64Array.from({ length: columns * (Math.ceil(height / cellHeight) + 1) }, () =>
    between(random, 0.92, 1.08),
  );
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y / cellHeight);
    const start = row % 2 === 0 ? 0 : shift;
    for (let x = 0; x < width; x++) {
      const column = Math.floor((x + start) / cellWidth);
      const onJoint = y % cellHeight === 0 || (x + start) % cellWidth === 0;
      const factor = onJoint ? joint : shades[row * columns + column];
      const at = (y * width + x) * 3;
      pixels[at] *= factor;
      pixels[at + 1] *= factor;
      pixels[at + 2] *= factor;
    }
  }
}

/** Clouds of lighter and darker patches: random values on a grid of `cells` across, interpolated, up to `strength` grey levels. */
function addTexture(
  { width, height, pixels }: Canvas,
  random: Random,
  cells: number,
  strength: number,
): void {
  const step = Math.max(width, height) / cells;
  const columns = cells + 2;
  const grid = Float64Array.from({ length: columns * columns }, () => between(random, -strength, strength));
  const left = new Float64Array(columns);
  const columnOf = Int32Array.from({ length: width }, (_, x) => Math.floor(x / step));
  const shareOf = Float64Array.from({ length: width }, (_, x) => x / step - columnOf[x]);
  for (let y = 0; y < height; y++) {
    const gridRow = Math.floor(y / step);
    const down = y / step - gridRow;
    for (let column = 0; column < columns; column++) {
      const above = grid[gridRow * columns + column];
      left[column] = above + (grid[(gridRow + 1) * columns + column] - above) * down;
    }
    for (let x = 0, at = y * width * 3; x < width; x++, at += 3) {
      const before = left[columnOf[x]];
      const value = before + (left[columnOf[x] + 1] - before) * shareOf[x];
      pixels[at] += value;
      pixels[at + 1] += value;
      pixels[at + 2] += value;
    }
  }
}
