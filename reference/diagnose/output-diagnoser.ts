import { type FixedGrids, fixedGrids, headOutputShape, type InputSize } from '../decode/index.ts';
import type { Tensor } from '../tensor.ts';
import { chooseReading } from './choose-reading.ts';
import type { OutputDiagnosis, OutputFinding } from './diagnosis.ts';
import { findMistakes, makeFinding, stateOf } from './find-mistakes.ts';
import { type ImageEvidence, restoreScores } from './image-evidence.ts';
import { InputEvidence } from './input-evidence.ts';
import type { InputMistake } from './input-hypotheses.ts';
import { NATURAL_ORDER, orderTables } from './level-orders.ts';
import { type LookingContext, lookAtImages, lookAtInputs, type ReferenceOutput } from './look-at-images.ts';
import { allPlacements } from './placement.ts';
import { type PooledScores, poolScores } from './pool-scores.ts';
import type { OutputReading } from './reading.ts';
import type { ImageScores } from './score-image.ts';

export interface DiagnoserOptions {
  readonly inputSize: InputSize;
  /** What the backend says of its boxes; null when it says nothing. Never believed, only held against the numbers. */
  readonly decodedClaimed: boolean | null;
  /** Images looked at; those after are passed over, since a port makes its mistakes on every image. Default 16. */
  readonly imageLimit?: number;
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
  #context: LookingContext | null = null;
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
   * What each image of one batch says, without taking it into account: for who keeps it first.
   * @throws RangeError as {@link lookAtImages}, and for outputs of another network than before.
   */
  look(reference: ReferenceOutput, actual: Tensor): ImageEvidence[] {
    return lookAtImages(reference, actual, this.#contextFor(reference.output));
  }

  /**
   * The same evidence with what each image says of other inputs, still without taking it into account. Where an image is not
   * `isExplained`, it could tell more: run the reference on the inputs of `inputHypotheses`.
   * @throws RangeError as {@link look}.
   */
  lookAtInputs(
    evidence: readonly ImageEvidence[],
    reference: ReferenceOutput,
    actual: Tensor,
    hypotheses: ReadonlyMap<InputMistake, Tensor>,
  ): ImageEvidence[] {
    return lookAtInputs(evidence, reference, actual, hypotheses, this.#contextFor(reference.output));
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

  /** @throws RangeError when no image was taken: no outputs compared is never a pass. */
  diagnosis(): OutputDiagnosis {
    if (this.#seen === 0) throw new RangeError('cannot diagnose no outputs: take at least one image');
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
    const chosen = chooseReading(pooled, this.#context!.placements);
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

  #contextFor(reference: Tensor): LookingContext {
    return this.#contextOf(headOutputShape(reference, this.#grids.grid).channels);
  }

  #contextOf(channels: number): LookingContext {
    if (this.#context === null) {
      const { grid } = this.#grids;
      const tables = orderTables(grid);
      this.#context = { grids: this.#grids, grid, tables, placements: allPlacements(tables), channels };
    }
    if (this.#context.channels !== channels) {
      throw new RangeError(
        `cannot diagnose outputs of ${channels} channels together with outputs of ${this.#context.channels}`,
      );
    }
    return this.#context;
  }
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
