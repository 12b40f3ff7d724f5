import type { OutputFindingCode } from './diagnosis.ts';
import { describeOrder } from './level-orders.ts';
import type { OutputReading } from './reading.ts';

export interface FindingText {
  /** The mistake, in words that a sentence can begin with. */
  readonly mistake: string;
  readonly portLine: string;
}

const DECODE = 'YOLOXHead.decode_outputs (yolox/models/yolo_head.py)';
const HEAD = 'YOLOXHead.forward (yolox/models/yolo_head.py)';
const PREPROC = 'preproc (yolox/data/data_augment.py)';

const XY_LINE = 'outputs[..., :2] = (outputs[..., :2] + grids) * strides';
const WH_LINE = 'outputs[..., 2:4] = torch.exp(outputs[..., 2:4]) * strides';
const IN_PLACE =
  'an assignment to a slice may be lost on the card, so make the tensor anew with ' +
  'torch.cat([(outputs[..., :2] + grids) * strides, torch.exp(outputs[..., 2:4]) * strides, outputs[..., 4:]], dim=-1)';

const sigmoidLine = (what: string, line: string): string =>
  `${HEAD}: output = torch.cat([reg_output, obj_output.sigmoid(), cls_output.sigmoid()], 1) – ${line} ${what}`;

/** The mistake of each code and the line of a port to look at. */
export function findingText(code: OutputFindingCode, { levelOrder, gridOrder }: OutputReading): FindingText {
  switch (code) {
    case 'not-decoded':
      return {
        mistake: 'The output is described as decoded, but its boxes are raw',
        portLine: `${DECODE}: ${XY_LINE} and ${WH_LINE} left no trace: ${IN_PLACE}; or describe the output as raw`,
      };
    case 'already-decoded':
      return {
        mistake: 'The output is described as raw, but its boxes are decoded already',
        portLine:
          'the call of decode_outputs: the head decodes in the port (decode_in_inference), so describe the output as decoded, or decode once only',
      };
    case 'only-xy-decoded':
      return {
        mistake: 'Box centres are decoded, but sizes are still raw',
        portLine: `${DECODE}: ${WH_LINE} left no trace: ${IN_PLACE}`,
      };
    case 'only-wh-decoded':
      return {
        mistake: 'Box sizes are decoded, but centres are still raw (stale xy)',
        portLine: `${DECODE}: ${XY_LINE} left no trace: ${IN_PLACE}`,
      };
    case 'stride-missing-xy':
      return {
        mistake: 'Box centres have their grid added, but are not multiplied by the stride',
        portLine: `${DECODE}: ${XY_LINE} – "* strides" is missing`,
      };
    case 'grid-missing-xy':
      return {
        mistake: 'Box centres are multiplied by the stride, but no grid was added to them',
        portLine: `${DECODE}: ${XY_LINE} – "+ grids" is missing, or grids are zeros`,
      };
    case 'grids-swapped':
      return {
        mistake: 'Box centres have the row added to x and the column to y: the grids are swapped',
        portLine: `${DECODE}: grid = torch.stack((xv, yv), 2) with yv, xv = meshgrid([arange(hsize), arange(wsize)]) – x first, then y; grids written out beforehand need the same order`,
      };
    case 'grids-reordered':
      return {
        mistake: `Boxes are decoded with the grids and strides of other levels: these follow in the order ${describeOrder(gridOrder)}, the outputs in the order ${describeOrder(levelOrder)}`,
        portLine: `${DECODE}: grids = torch.cat(grids, dim=1) and strides = torch.cat(strides, dim=1) – go through the levels in the order of the outputs, strides 8, 16, 32`,
      };
    case 'exp-without-stride':
      return {
        mistake: 'Box sizes went through exp, but are not multiplied by the stride',
        portLine: `${DECODE}: ${WH_LINE} – "* strides" is missing`,
      };
    case 'exp-missing':
      return {
        mistake: 'Box sizes are multiplied by the stride, but did not go through exp',
        portLine: `${DECODE}: ${WH_LINE} – torch.exp is missing`,
      };
    case 'levels-reordered':
      return {
        mistake: `The levels follow each other in the order of strides ${describeOrder(levelOrder)} instead of 8, 16, 32`,
        portLine: `${HEAD}: outputs = torch.cat([x.flatten(start_dim=2) for x in outputs], dim=2) – the list must begin with stride 8`,
      };
    case 'obj-sigmoid-missing':
      return {
        mistake: 'Objectness did not go through a sigmoid',
        portLine: sigmoidLine('lacks its .sigmoid()', 'obj_output'),
      };
    case 'obj-sigmoid-doubled':
      return {
        mistake: 'Objectness went through a sigmoid twice',
        portLine: sigmoidLine(
          'must have one .sigmoid() in the whole port, postprocess included',
          'obj_output',
        ),
      };
    case 'cls-sigmoid-missing':
      return {
        mistake: 'Class confidences did not go through a sigmoid',
        portLine: sigmoidLine('lacks its .sigmoid()', 'cls_output'),
      };
    case 'cls-sigmoid-doubled':
      return {
        mistake: 'Class confidences went through a sigmoid twice',
        portLine: sigmoidLine(
          'must have one .sigmoid() in the whole port, postprocess included',
          'cls_output',
        ),
      };
    case 'channel-major':
      return {
        mistake: 'The output lies in memory channel by channel and was read anchor by anchor',
        portLine:
          "the copy of the offline model's output to the host: its dims are [N, 5 + classes, 1, anchors]; transpose it to [N, anchors, 5 + classes] (in the port: .permute(0, 2, 1) after the torch.cat of the levels)",
      };
    case 'channels-swapped':
      return {
        mistake: 'The network was given its image with red and blue exchanged',
        portLine:
          'where the image is read: cv2.imread gives BGR, as these weights want it, PIL and most others give RGB; look for a cv2.cvtColor or [:, :, ::-1] too many or too few, and at set_input_format',
      };
    case 'input-divided-by-255':
      return {
        mistake: 'The network was given pixels divided by 255, and wants 0 to 255',
        portLine: `${PREPROC}: padded_img = np.ascontiguousarray(padded_img, dtype=np.float32) – no "/ 255", no ToTensor; a first convolution with mean and std (firstconv) normalises too`,
      };
    case 'input-legacy-normalised':
      return {
        mistake:
          'The network was given RGB pixels normalised by the ImageNet mean and deviation, and wants BGR from 0 to 255',
        portLine: `${PREPROC}: ValTransform(legacy=False) – legacy=True is for weights published before YOLOX 0.1.1; drop "/ 255", mean and std, in firstconv too`,
      };
    case 'input-not-normalised':
      return {
        mistake:
          'The network was given BGR pixels from 0 to 255, and wants RGB normalised by the ImageNet mean and deviation',
        portLine:
          'ValTransform (yolox/data/data_augment.py): these weights are run with legacy=True: img[::-1, :, :], / 255, mean and std',
      };
    case 'letterbox-centred':
      return {
        mistake: 'The image lies in the middle of the network input instead of its top-left corner',
        portLine: `${PREPROC}: padded_img[: int(img.shape[0] * r), : int(img.shape[1] * r)] = resized_img – pad at the right and the bottom only`,
      };
    case 'constant-output':
      return {
        mistake: 'Every anchor has the same numbers',
        portLine:
          'the copy of the output to the host: a buffer that nothing was written to, a missing synchronisation before .cpu(), or a tensor made by zeros_like that an assignment to a slice did not reach',
      };
    case 'not-finite':
      return {
        mistake: 'The output has numbers that are NaN or infinite',
        portLine:
          'the first layer whose output is not finite: float16 overflows beyond 65504, exp beyond a logit of 11 in float16 and of 88 in float32; boxes that are decoded twice go through exp twice',
      };
  }
}
