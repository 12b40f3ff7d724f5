import { once } from 'node:events';
import { createLetterbox } from '../../reference/preprocess/index.ts';
import { sceneAnnotationEntries, sceneImageEntry } from '../scenes/coco-entries.ts';
import { drawScene } from '../scenes/draw-scene.ts';

/**
 * Scenes for a program in another language, on stdout, each as a line of JSON (the scene's image entry with
 * `letterboxRatio` and `annotations`) and then the network input that `run` would make of it: 3 · size · size bytes,
 * planes blue, green and red.
 *
 *     node dist/datasets/sample/stream-scenes.js SEED COUNT SIZE
 */
const [seed, count, side] = process.argv.slice(2).map(Number);
if (!Number.isInteger(count) || count < 1) {
  throw new RangeError(
    `cannot draw ${count} scenes: give a seed, a number of scenes and the side of the network input`,
  );
}
const letterbox = createLetterbox({ height: side, width: side });
const input = new Float32Array(letterbox.valuesPerImage);
for (let index = 0; index < count; index++) {
  const scene = drawScene(seed, index);
  const { letterboxRatio } = letterbox.into(scene.image, input);
  const annotations = sceneAnnotationEntries(index, scene).map(({ segmentation: _, ...entry }) => entry);
  const entry = { ...sceneImageEntry(index, scene), letterboxRatio, annotations };
  process.stdout.write(`${JSON.stringify(entry)}\n`);
  // Letterboxed values are whole numbers from 0 to 255.
  if (!process.stdout.write(Uint8Array.from(input))) await once(process.stdout, 'drain');
}
