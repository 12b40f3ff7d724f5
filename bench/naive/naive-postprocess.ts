import { convertBoxes } from '../../reference/boxes.ts';
import { decodeFixedGrids, type FixedGrids } from '../../reference/decode/index.ts';
import type { Tensor } from '../../reference/tensor.ts';
import { slowClassByClass, slowTrick } from '../../test/reference/postprocess/slow-nms.ts';

/** torchvision goes class by class above so many boxes. */
const TRICK_MOST_BOXES = 1000;

/**
 * The postprocess of one image as it reads in the original: everything decoded, everything scored, then filtered, then
 * every pair of boxes looked at.
 * @returns rows `[x1, y1, x2, y2, score, class index]` by descending score.
 */
export function naivePostprocess(output: Tensor, grids: FixedGrids, conf: number, nms: number): number[][] {
  const [, anchors, channels] = output.shape as [number, number, number];
  const decoded = decodeFixedGrids(output, grids).data;
  const rows: number[][] = [];
  for (let anchor = 0; anchor < anchors; anchor++) {
    const at = anchor * channels;
    const classes = [...decoded.subarray(at + 5, at + channels)];
    const best = classes.indexOf(Math.max(...classes));
    const score = Math.fround(decoded[at + 4]! * classes[best]!);
    if (score >= Math.fround(conf)) {
      const box = convertBoxes(decoded.slice(at, at + 4), 'cxcywh', 'xyxy');
      rows.push([...box, score, best]);
    }
  }
  const boxes = Float32Array.from(rows.flatMap((row) => row.slice(0, 4)));
  const scores = Float32Array.from(rows, (row) => row[4]!);
  const classIndices = Uint16Array.from(rows, (row) => row[5]!);
  const kept =
    rows.length > TRICK_MOST_BOXES
      ? [...slowClassByClass(boxes, scores, classIndices, nms)].sort((a, b) => scores[b]! - scores[a]!)
      : slowTrick(boxes, scores, classIndices, nms);
  return kept.map((index) => rows[index]!);
}
