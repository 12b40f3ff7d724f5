import { anchorGrid, headOutputShape, type InputSize } from '../decode/index.ts';
import type { Detections } from '../detections.ts';
import type { Tensor } from '../tensor.ts';
import { batchedNms, type NmsDialect } from './batched-nms.ts';
import { candidateBoxes } from './candidate-boxes.ts';
import { inspectOutput } from './inspect-output.ts';
import { type Candidates, scoreFilter } from './score-filter.ts';

export interface PostprocessOptions {
  /** Least score, 0 … 1: the demo takes 0.25, evaluation 0.001 to 0.01. */
  readonly conf: number;
  /** IoU above which the lower score goes, 0 … 1: the demo takes 0.45, evaluation 0.65. */
  readonly nms: number;
  /** Size of the network input that the output belongs to. */
  readonly inputSize: InputSize;
  /** Whether reg already is cx, cy, w, h in pixels; if not, the boxes that matter are decoded here. */
  readonly decoded: boolean;
  /** `torchvision` when absent. */
  readonly dialect?: NmsDialect;
  /** The best so many of an image are kept after NMS; all when absent, as in YOLOX. */
  readonly maxDetections?: number;
}

/**
 * From head output to detections, as YOLOX yolox/utils/boxes.py `postprocess`: score filter, decode of what passed it,
 * corners, NMS. `output` is left as it was.
 * @param output `[batch, anchors, 5 + classes]`, obj and cls after sigmoid.
 * @returns one entry an image, boxes xyxy in pixels of the network input, descending score; `count` 0 where nothing
 *   reaches the threshold.
 * @throws RangeError when the shape does not belong to the input size, an option is out of range, or a number of the
 *   output, or a box that matters, is NaN or infinite (named by image, anchor and channel).
 */
export function postprocess(output: Tensor, options: PostprocessOptions): Detections<'input'>[] {
  const grid = anchorGrid(options.inputSize);
  const { batch, anchors, channels } = headOutputShape(output, grid);
  const { maxDetections = Number.POSITIVE_INFINITY } = options;
  if (!(maxDetections >= 1)) {
    throw new RangeError(`cannot keep ${maxDetections} detections: give a number from 1 on`);
  }
  const belowTwo = inspectOutput(output);
  const { data } = output;
  const results: Detections<'input'>[] = [];
  for (let image = 0; image < batch; image++) {
    const offset = image * anchors * channels;
    const found = scoreFilter(data, offset, anchors, channels, options.conf, belowTwo);
    const boxes = candidateBoxes(data, offset, channels, found.anchors, grid, options.decoded);
    const kept = batchedNms(boxes, found.scores, found.classIndices, options.nms, options.dialect);
    results.push(takeDetections(boxes, found, kept, Math.min(kept.length, maxDetections)));
  }
  return results;
}

/** The first `count` of the candidates named by `order`. */
function takeDetections(
  boxes: Float32Array,
  candidates: Candidates,
  order: Uint32Array,
  count: number,
): Detections<'input'> {
  const taken = {
    space: 'input',
    count,
    boxes: new Float32Array(count * 4),
    scores: new Float32Array(count),
    objectness: new Float32Array(count),
    classConfidence: new Float32Array(count),
    classIndices: new Uint16Array(count),
  } as const;
  for (let i = 0; i < count; i++) {
    const from = order[i]!;
    for (let k = 0; k < 4; k++) taken.boxes[i * 4 + k] = boxes[from * 4 + k]!;
    taken.scores[i] = candidates.scores[from]!;
    taken.objectness[i] = candidates.objectness[from]!;
    taken.classConfidence[i] = candidates.classConfidence[from]!;
    taken.classIndices[i] = candidates.classIndices[from]!;
  }
  return taken;
}
