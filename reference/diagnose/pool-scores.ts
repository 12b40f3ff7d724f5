import { OUTPUT_GROUPS, type OutputGroup } from './constant-groups.ts';
import { median } from './median.ts';
import type { BoxScore } from './score-boxes.ts';
import type { ImageScores, PlacedScores } from './score-image.ts';
import { SIGMOID_FORMS, type SigmoidScore } from './score-sigmoid.ts';

/** Scores of several images as one: the median of every figure, so that one odd picture decides nothing. */
export interface PooledScores {
  readonly agreements: readonly number[];
  readonly placed: ReadonlyMap<number, PlacedScores>;
  /** Constant in every image. */
  readonly constant: readonly OutputGroup[];
  readonly anchors: number;
  readonly images: number;
}

/** @param images at least one. */
export function poolScores(images: readonly ImageScores[]): PooledScores {
  const first = images[0]!;
  const indices = new Set(images.flatMap(({ placed }) => [...placed.keys()]));
  const placed = new Map<number, PlacedScores>();
  for (const index of indices) {
    placed.set(index, poolPlaced(images.flatMap((image) => image.placed.get(index) ?? [])));
  }
  return {
    agreements: first.agreements.map((_, i) => median(images.map(({ agreements }) => agreements[i]!))),
    placed,
    constant: OUTPUT_GROUPS.filter((group) => images.every(({ constant }) => constant.includes(group))),
    anchors: images.reduce((sum, { anchors }) => sum + anchors, 0),
    images: images.length,
  };
}

function poolPlaced(scores: readonly PlacedScores[]): PlacedScores {
  return {
    centres: poolBoxes(scores.map(({ centres }) => centres)),
    sizes: poolBoxes(scores.map(({ sizes }) => sizes)),
    objectness: poolSigmoid(scores.map(({ objectness }) => objectness)),
    classes: poolSigmoid(scores.map(({ classes }) => classes)),
  };
}

/** Every image has the same forms in the same order. */
function poolBoxes<Form>(images: readonly (readonly BoxScore<Form>[])[]): BoxScore<Form>[] {
  return images[0]!.map(({ form, order }, i) => ({
    form,
    order,
    error: {
      raw: median(images.map((scores) => scores[i]!.error.raw)),
      pixels: median(images.map((scores) => scores[i]!.error.pixels)),
    },
  }));
}

function poolSigmoid(scores: readonly SigmoidScore[]): SigmoidScore {
  const of = (figure: (score: SigmoidScore) => number): number => median(scores.map(figure));
  const [once, missing, doubled] = SIGMOID_FORMS.map((form) => of(({ error }) => error[form]));
  return {
    error: { once: once!, missing: missing!, doubled: doubled! },
    outsideUnit: of(({ outsideUnit }) => outsideUnit),
    insideDoubled: of(({ insideDoubled }) => insideDoubled),
    referenceInsideDoubled: of(({ referenceInsideDoubled }) => referenceInsideDoubled),
  };
}
