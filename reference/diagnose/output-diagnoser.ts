import { type FixedGrids, fixedGrids, headOutputShape, type InputSize } from '../decode/index.ts';
import type { Tensor } from '../tensor.ts';
import { type ChosenReading, chooseReading } from './choose-reading.ts';
import type { OutputDiagnosis, OutputFinding } from './diagnosis.ts';
import { findMistakes, makeFinding, stateOf } from './find-mistakes.ts';
import { gatherRows } from './gather-rows.ts';
import { type ImageEvidence, type InputDistance, keepScores, restoreScores } from './image-evidence.ts';
import { InputEvidence, inputDistances } from './input-evidence.ts';
import type { InputMistake } from './input-hypotheses.ts';
import { NATURAL_ORDER, orderTables } from './level-orders.ts';
import { countNotFinite, imagesOf, requireSameValues } from './output-images.ts';
import { allPlacements } from './placement.ts';
import { type PooledScores, poolScores } from './pool-scores.ts';
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

export interface DiagnoserOptions {
  readonly inputSize: InputSize;
  /** What the backend says of its boxes; null when it says nothing. Never believed, only held against the numbers. */
  readonly decodedClaimed: boolean | null;
  /** Images looked at; those after are passed over, since a port makes its mistakes on every image. Default 16. */
  readonly imageLimit?: number;
}

/** Whether a look at other inputs could tell more. */
export interface Explained {
  /** False: run the reference on the inputs of `inputHypotheses`, and give its outputs to `addInputs`. */
  readonly explained: boolean;
}

/**
 * Tells from the numbers of a backend's outputs, image by image, what was done to them, by holding them against the
 * reference's outputs of the same images. Keeps a few figures of each image, no tensor.
 */
export class OutputDiagnoser {
  readonly #options: DiagnoserOptions;
  readonly #grids: FixedGrids;
  readonly #limit: number;
  readonly #images: ImageScores[] = [];
  readonly #inputs = new InputEvidence();
  #context: ScoringContext | null = null;
  #seen = 0;
  #notFinite = 0;
  #notFiniteImages = 0;
  #distance = 0;

  /** @throws RangeError when the input size is no multiple of 32, or the limit no positive integer. */
  constructor(options: DiagnoserOptions) {
    const limit = options.imageLimit ?? 16;
    if (!(Number.isInteger(limit) && limit > 0)) {
      throw new RangeError(`cannot diagnose on ${limit} images: give a positive integer`);
    }
    this.#options = options;
    this.#limit = limit;
    this.#grids = fixedGrids(options.inputSize);
  }

  /** Whether an image was taken into account; there is no diagnosis before. */
  get begun(): boolean {
    return this.#seen > 0;
  }

  /** Whether further images are passed over. */
  get full(): boolean {
    return this.#seen >= this.#limit;
  }

  /**
   * Looks at the image, or the images, of one batch.
   * @param actual as the backend gave it: `[batch, anchors, 5 + classes]`, or with the last two axes exchanged.
   * @throws RangeError when shapes do not belong together, or a number of the reference is NaN or infinite.
   */
  add(reference: ReferenceOutput, actual: Tensor): Explained {
    if (this.full) return { explained: true };
    const evidence = this.look(reference, actual).slice(0, this.#limit - this.#seen);
    for (const image of evidence) this.take(image);
    return { explained: evidence.every(isExplained) };
  }

  /**
   * What each image of one batch says, without taking it into account: for who keeps it first. Throws as {@link add}.
   */
  look(reference: ReferenceOutput, actual: Tensor): ImageEvidence[] {
    const raw = this.#rawOf(reference, 'reference');
    const context = this.#contextFor(raw);
    requireSameValues(raw, actual);
    const { channels } = context;
    return imagesOf(raw).map((values, image) => {
      const own = imagesOf(actual, raw)[image]!;
      const notFinite = countNotFinite(own);
      if (notFinite > 0) return { channels, notFinite, scores: null, distance: 0, inputs: [] };
      const scores = scoreImage(values, own, context);
      const distance = this.#distanceUnder(readingOf(scores, context), values, own, context);
      return { channels, notFinite, scores: keepScores(scores), distance, inputs: [] };
    });
  }

  /**
   * Takes one image into account, unless there are enough.
   * @throws RangeError for an image of another network.
   */
  take({ channels, notFinite, scores, distance, inputs }: ImageEvidence): void {
    if (this.full) return;
    const { tables } = this.#contextOf(channels);
    this.#seen++;
    if (scores === null) {
      this.#notFinite += notFinite;
      this.#notFiniteImages++;
      return;
    }
    this.#images.push(restoreScores(scores, tables));
    this.#distance += distance;
    this.#inputs.add(inputs);
  }

  /**
   * Holds the same batch that `add` was given against the reference's outputs on other inputs.
   * @param hypotheses outputs of the reference's network, decoded as `reference` is; none need be left out or given.
   * @throws RangeError as {@link add}.
   */
  addInputs(reference: ReferenceOutput, actual: Tensor, hypotheses: ReadonlyMap<InputMistake, Tensor>): void {
    for (const distances of this.lookAtInputs(reference, actual, hypotheses)) this.#inputs.add(distances);
  }

  /**
   * What each image of one batch says of other inputs, without taking it into account; nothing of one whose numbers are not all
   * finite. Each image is read as it alone is taken for, so that it makes no difference which images were looked at before.
   */
  lookAtInputs(
    reference: ReferenceOutput,
    actual: Tensor,
    hypotheses: ReadonlyMap<InputMistake, Tensor>,
  ): InputDistance[][] {
    const raw = this.#rawOf(reference, 'reference');
    const context = this.#contextFor(raw);
    requireSameValues(raw, actual);
    const others = [...hypotheses].map(([mistake, output]): [InputMistake, Float32Array[]] => {
      const other = this.#rawOf({ output, decoded: reference.decoded }, mistake);
      requireSameValues(raw, other);
      return [mistake, imagesOf(other)];
    });
    return imagesOf(raw).map((values, image) => {
      const own = imagesOf(actual, raw)[image]!;
      if (countNotFinite(own) > 0) return [];
      const reading = readingOf(scoreImage(values, own, context), context);
      const outputs = others.map(([mistake, images]) => [mistake, images[image]!] as const);
      return inputDistances(own, values, outputs, reading, context);
    });
  }

  /** @throws RangeError when no image was added: no outputs compared is never a pass. */
  diagnosis(): OutputDiagnosis {
    if (this.#seen === 0) throw new RangeError('cannot diagnose no outputs: add at least one image');
    const { decodedClaimed } = this.#options;
    const lost = this.#notFiniteFinding();
    if (this.#images.length === 0) {
      const reading = healthyReading(decodedClaimed === true);
      return {
        state: stateOf(reading),
        healthy: false,
        findings: lost,
        reading,
        residual: 0,
        images: 0,
      };
    }
    const pooled = poolScores(this.#images);
    const chosen = this.#chosen(pooled);
    const { reading } = chosen;
    const images = this.#images.length;
    const distance = Math.sqrt(this.#distance / images);
    const still = constantFinding(pooled, reading, distance);
    const input = still.length > 0 ? null : this.#inputs.best();
    const findings: OutputFinding[] = [...lost, ...still];
    if (input) findings.push(makeFinding(input.mistake, input.evidence, reading, false));
    findings.push(...findMistakes(chosen, decodedClaimed, pooled.constant, images));
    return {
      state: stateOf(reading),
      healthy: findings.length === 0,
      findings,
      reading,
      residual: input?.evidence.errorAfter ?? distance,
      images,
    };
  }

  #chosen(pooled: PooledScores): ChosenReading {
    return chooseReading(pooled, this.#context!.placements);
  }

  #notFiniteFinding(): OutputFinding[] {
    if (this.#notFinite === 0) return [];
    const evidence = {
      measure: 'count of such numbers',
      unit: '',
      errorBefore: this.#notFinite,
      errorAfter: null,
      images: this.#notFiniteImages,
    };
    return [makeFinding('not-finite', evidence, healthyReading(false), false)];
  }

  #distanceUnder(
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

  #rawOf({ output, decoded }: ReferenceOutput, name: string): Tensor {
    headOutputShape(output, this.#grids.grid);
    const raw = decoded ? undecode(output, this.#grids) : output;
    const notFinite = countNotFinite(raw.data);
    if (notFinite > 0) {
      throw new RangeError(
        `cannot diagnose against the ${name} output: ${notFinite} of its numbers are NaN or infinite; check the reference's weights and input`,
      );
    }
    return raw;
  }

  #contextFor(raw: Tensor): ScoringContext {
    return this.#contextOf(headOutputShape(raw, this.#grids.grid).channels);
  }

  #contextOf(channels: number): ScoringContext {
    if (this.#context === null) {
      const tables = orderTables(this.#grids.grid);
      this.#context = { grid: this.#grids.grid, tables, placements: allPlacements(tables), channels };
    }
    if (this.#context.channels !== channels) {
      throw new RangeError(
        `cannot diagnose outputs of ${channels} channels together with outputs of ${this.#context.channels}`,
      );
    }
    return this.#context;
  }
}

/** Whether an image's output is explained by what it is taken for; another input may tell more where it is not. */
export function isExplained({ scores, distance }: ImageEvidence): boolean {
  return scores === null || !(distance > UNEXPLAINED_LEAST);
}

/** What one image alone is taken for. */
function readingOf(scores: ImageScores, { placements }: ScoringContext): OutputReading {
  return chooseReading(poolScores([scores]), placements).reading;
}

function healthyReading(decoded: boolean): OutputReading {
  const form = decoded ? 'decoded' : 'raw';
  return {
    layout: 'anchor-major',
    levelOrder: NATURAL_ORDER,
    centres: form,
    sizes: form,
    gridOrder: NATURAL_ORDER,
    objectness: 'once',
    classes: 'once',
  };
}

function constantFinding(
  { constant, images }: PooledScores,
  reading: OutputReading,
  distance: number,
): OutputFinding[] {
  if (constant.length === 0) return [];
  const evidence = {
    measure: `root mean square distance from the reference (${constant.join(', ')} constant)`,
    unit: '',
    errorBefore: distance,
    errorAfter: null,
    images,
  };
  return [makeFinding('constant-output', evidence, reading, false)];
}
