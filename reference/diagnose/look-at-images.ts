import { type FixedGrids, headOutputShape } from '../decode/index.ts';
import type { Tensor } from '../tensor.ts';
import { chooseReading } from './choose-reading.ts';
import { gatherRows } from './gather-rows.ts';
import { type ImageEvidence, keepScores, restoreScores } from './image-evidence.ts';
import { inputDistances } from './input-evidence.ts';
import type { InputMistake } from './input-hypotheses.ts';
import { countNotFinite, imagesOf, requireSameValues } from './output-images.ts';
import { poolScores } from './pool-scores.ts';
import type { OutputReading } from './reading.ts';
import { rereadRows } from './reread-output.ts';
import { informativeAnchors } from './sample-anchors.ts';
import { type ImageScores, type ScoringContext, scoreImage } from './score-image.ts';
import { outputDistance } from './score-input.ts';
import { UNEXPLAINED_LEAST } from './thresholds.ts';
import { undecode } from './undecode.ts';

/** The reference's head output, and whether its boxes are decoded. Trusted. */
export interface ReferenceOutput {
  /** NAC `[batch, anchors, 5 + classes]`. */
  readonly output: Tensor;
  readonly decoded: boolean;
}

/** What is the same for every image, and the grids that the reference's boxes are raw again by. */
export interface LookingContext extends ScoringContext {
  readonly grids: FixedGrids;
}

/**
 * What each image of one batch says.
 * @param actual as the backend gave it: `[batch, anchors, 5 + classes]`, or with the last two axes exchanged.
 * @throws RangeError when shapes do not belong together, or a number of the reference is NaN or infinite.
 */
export function lookAtImages(
  reference: ReferenceOutput,
  actual: Tensor,
  context: LookingContext,
): ImageEvidence[] {
  const raw = rawOf(reference, 'reference', context);
  requireSameValues(raw, actual);
  const { channels } = context;
  const own = imagesOf(actual, raw);
  return imagesOf(raw).map((values, image) => {
    const notFinite = countNotFinite(own[image]!);
    if (notFinite > 0) return { channels, notFinite, scores: null, distance: 0, inputs: [] };
    const scores = scoreImage(values, own[image]!, context);
    const distance = distanceUnder(readingOf(scores, context), values, own[image]!, context);
    return { channels, notFinite, scores: keepScores(scores), distance, inputs: [] };
  });
}

/**
 * The same evidence, with what each image says of other inputs; nothing of one whose numbers are not all finite. Each image is
 * read as it alone is taken for, so that it makes no difference which images were looked at before.
 * @param evidence what `lookAtImages` gave of the same batch.
 * @param hypotheses outputs of the reference's network, decoded as `reference` is; none need be left out or given.
 * @throws RangeError as {@link lookAtImages}.
 */
export function lookAtInputs(
  evidence: readonly ImageEvidence[],
  reference: ReferenceOutput,
  actual: Tensor,
  hypotheses: ReadonlyMap<InputMistake, Tensor>,
  context: LookingContext,
): ImageEvidence[] {
  const raw = rawOf(reference, 'reference', context);
  requireSameValues(raw, actual);
  const others = [...hypotheses].map(([mistake, output]) => {
    const other = rawOf({ output, decoded: reference.decoded }, mistake, context);
    requireSameValues(raw, other);
    return [mistake, imagesOf(other)] as const;
  });
  const references = imagesOf(raw);
  const own = imagesOf(actual, raw);
  return evidence.map((seen, image) => {
    if (seen.scores === null) return seen;
    const reading = readingOf(restoreScores(seen.scores, context.tables), context);
    const outputs = others.map(([mistake, images]) => [mistake, images[image]!] as const);
    return { ...seen, inputs: inputDistances(own[image]!, references[image]!, outputs, reading, context) };
  });
}

/** Whether an image's output is explained by what it is taken for; another input may tell more where it is not. */
export function isExplained({ scores, distance }: ImageEvidence): boolean {
  return scores === null || !(distance > UNEXPLAINED_LEAST);
}

/** What one image alone is taken for. */
function readingOf(scores: ImageScores, { placements }: ScoringContext): OutputReading {
  return chooseReading(poolScores([scores]), placements).reading;
}

function distanceUnder(
  reading: OutputReading,
  reference: Float32Array,
  actual: Float32Array,
  { channels, grid, tables }: ScoringContext,
): number {
  const anchors = informativeAnchors([reference], channels, grid);
  return outputDistance(
    rereadRows(actual, channels, anchors, reading, tables),
    gatherRows(reference, channels, anchors, tables[0]!, 'anchor-major'),
    channels,
  );
}

function rawOf({ output, decoded }: ReferenceOutput, name: string, { grids }: LookingContext): Tensor {
  headOutputShape(output, grids.grid);
  const raw = decoded ? undecode(output, grids) : output;
  const notFinite = countNotFinite(raw.data);
  if (notFinite > 0) {
    throw new RangeError(
      `cannot diagnose against the ${name} output: ${notFinite} of its numbers are NaN or infinite; check the reference's weights and input`,
    );
  }
  return raw;
}
