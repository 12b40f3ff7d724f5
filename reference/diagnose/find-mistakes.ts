import type { ChosenReading } from './choose-reading.ts';
import type { OutputGroup } from './constant-groups.ts';
import type { FindingEvidence, OutputFinding, OutputFindingCode } from './diagnosis.ts';
import { findingText } from './finding-text.ts';
import { type LevelOrder, NATURAL_ORDER, sameOrder } from './level-orders.ts';
import type { CentreForm, OutputReading, SizeForm } from './reading.ts';
import type { BoxScore } from './score-boxes.ts';
import type { SigmoidScore } from './score-sigmoid.ts';
import { sentenceOf } from './sentence.ts';

export type FigureOf = Omit<FindingEvidence, 'images'>;

/** Whether anything was done to the boxes. */
export function stateOf({ centres, sizes }: OutputReading): 'raw' | 'decoded' {
  return centres === 'raw' && sizes === 'raw' ? 'raw' : 'decoded';
}

/**
 * The mistakes that a reading stands for, each with its error before and after undoing them.
 * @param decodedClaimed what the backend says of itself; null when it says nothing.
 * @param constant groups that are left out, since nothing can be read from them.
 */
export function findMistakes(
  chosen: ChosenReading,
  decodedClaimed: boolean | null,
  constant: readonly OutputGroup[],
  images: number,
): OutputFinding[] {
  const { reading, common, placed, agreement } = chosen;
  const findings: OutputFinding[] = [];
  const add = (code: OutputFindingCode, figure: FigureOf): void => {
    findings.push(makeFinding(code, { ...figure, images }, reading, true));
  };
  const placing: FigureOf = {
    measure: '1 − rank correlation of sizes and objectness with the reference',
    unit: '',
    errorBefore: 1 - agreement.common,
    errorAfter: 1 - agreement.chosen,
  };
  if (reading.layout === 'channel-major') add('channel-major', placing);
  if (!sameOrder(reading.levelOrder, NATURAL_ORDER)) add('levels-reordered', placing);

  const taken = (decodedClaimed ?? stateOf(reading) === 'decoded') ? 'decoded' : 'raw';
  const centres: FigureOf = {
    measure: 'median error of box centres',
    unit: 'px',
    errorBefore: pixelsOf(common.centres, taken, NATURAL_ORDER),
    errorAfter: pixelsOf(placed.centres, reading.centres, reading.gridOrder),
  };
  const sizes: FigureOf = {
    measure: 'median error of box sizes',
    unit: 'px',
    errorBefore: pixelsOf(common.sizes, taken, NATURAL_ORDER),
    errorAfter: pixelsOf(placed.sizes, reading.sizes, reading.gridOrder),
  };
  const boxesReadable = !constant.includes('centres') && !constant.includes('sizes');
  const boxCodes = boxesReadable ? boxMistakes(reading, decodedClaimed) : [];
  for (const code of boxCodes) add(code, showsOnSizes(code, taken) ? sizes : centres);

  for (const group of ['objectness', 'classes'] as const) {
    if (reading[group] === 'once') continue;
    const short = group === 'objectness' ? 'obj' : 'cls';
    add(`${short}-sigmoid-${reading[group]}`, sigmoidFigure(group, reading, common[group], placed[group]));
  }
  return findings;
}

/** Whether the error shows on the sizes: of a half decoded output that half is off that is not what it was taken for. */
function showsOnSizes(code: OutputFindingCode, taken: 'raw' | 'decoded'): boolean {
  if (code === 'only-xy-decoded') return taken === 'decoded';
  if (code === 'only-wh-decoded') return taken === 'raw';
  return code === 'exp-without-stride' || code === 'exp-missing';
}

/** Codes of what was done to the boxes, in the order of the lines of `decode_outputs`. */
function boxMistakes(reading: OutputReading, decodedClaimed: boolean | null): OutputFindingCode[] {
  const { centres, sizes } = reading;
  if (centres === 'raw' && sizes === 'raw') return decodedClaimed === true ? ['not-decoded'] : [];
  const codes: OutputFindingCode[] = [];
  if (centres === 'raw') codes.push('only-wh-decoded');
  if (centres === 'stride-missing') codes.push('stride-missing-xy');
  if (centres === 'grid-missing') codes.push('grid-missing-xy');
  if (centres === 'grids-swapped' || centres === 'grids-transposed') codes.push('grids-swapped');
  if (gridsOfOtherLevels(reading)) codes.push('grids-reordered');
  if (sizes === 'raw') codes.push('only-xy-decoded');
  if (sizes === 'stride-missing') codes.push('exp-without-stride');
  if (sizes === 'exp-missing') codes.push('exp-missing');
  if (codes.length === 0 && decodedClaimed === false) codes.push('already-decoded');
  return codes;
}

/** Levels concatenated in another order and decoded with YOLOX's grids are one mistake, and that is named already. */
function gridsOfOtherLevels({ levelOrder, gridOrder }: OutputReading): boolean {
  return !sameOrder(gridOrder, NATURAL_ORDER) && !sameOrder(gridOrder, levelOrder);
}

/** The error under one form; a form whose grids play no part is found under any order. */
function pixelsOf<Form extends CentreForm | SizeForm>(
  scores: readonly BoxScore<Form>[],
  form: Form,
  gridOrder: LevelOrder,
): number {
  const same = scores.filter((score) => score.form === form);
  return (same.find(({ order }) => sameOrder(order.order, gridOrder)) ?? same[0]!).error.pixels;
}

function sigmoidFigure(
  group: 'objectness' | 'classes',
  reading: OutputReading,
  common: SigmoidScore,
  placed: SigmoidScore,
): FigureOf {
  return {
    measure: `median error of ${group === 'objectness' ? 'objectness' : 'class confidences'}`,
    unit: '',
    errorBefore: common.error.once,
    errorAfter: placed.error[reading[group]],
  };
}

export function makeFinding(
  code: OutputFindingCode,
  evidence: FindingEvidence,
  reading: OutputReading,
  undoable: boolean,
): OutputFinding {
  const { mistake, portLine } = findingText(code, reading);
  return { code, sentence: sentenceOf(mistake, evidence), evidence, portLine, undoable };
}
