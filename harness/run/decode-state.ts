import type { DatasetSample } from '../../datasets/index.ts';
import type { HeadOutput } from '../../reference/compare/index.ts';
import {
  type ImageEvidence,
  type InputMistake,
  inputHypotheses,
  isExplained,
  OutputDiagnoser,
} from '../../reference/diagnose/index.ts';
import type { PixelSize } from '../../reference/preprocess/index.ts';
import { float32Tensor, type Tensor } from '../../reference/tensor.ts';
import type { DecodeState } from '../../reports/record/index.ts';
import type { Backend } from '../backends/backend.ts';
import type { PreparedImage } from '../model/prepare-images.ts';

/** A backend's output on the image at hand, as it gave it. */
export interface NamedOutput {
  readonly name: string;
  readonly head: HeadOutput;
}

/**
 * Classifies every backend's outputs from their numbers, whatever the backend says of itself: raw or decoded, and the
 * mistakes a port makes on the way. Where the outputs alone do not explain a difference, the reference runs on the inputs
 * that a wrong preparation would have made.
 */
export class DecodeStateCheck {
  readonly #size: PixelSize;
  readonly #legacy: boolean;
  readonly #diagnosers = new Map<string, OutputDiagnoser>();

  constructor(size: PixelSize, legacy: boolean) {
    this.#size = size;
    this.#legacy = legacy;
  }

  /**
   * Looks at one image. Comes last for it: the reference may run again, and its output's memory with it.
   * @param reference the reference's backend, and its output on this image. One that was recorded cannot run again: then
   *   only the outputs are looked at.
   * @returns what to `take`, by the backend's name; nothing for one that was looked at often enough.
   */
  async look(
    image: PreparedImage<DatasetSample>,
    reference: { readonly backend: Backend; readonly head: HeadOutput },
    others: readonly NamedOutput[],
  ): Promise<ReadonlyMap<string, ImageEvidence>> {
    const seen = new Map<string, ImageEvidence>();
    const unexplained: NamedOutput[] = [];
    for (const { name, head } of others) {
      const diagnoser = this.#diagnoserOf(name, head.decoded);
      if (diagnoser.full) continue;
      const evidence = diagnoser.look(reference.head, head.output)[0]!;
      seen.set(name, evidence);
      if (!isExplained(evidence)) unexplained.push({ name, head });
    }
    if (unexplained.length === 0 || reference.backend.recordedOnly) return seen;
    const kept: HeadOutput = { ...reference.head, output: copyOf(reference.head.output) };
    const outputs = new Map<InputMistake, Tensor>();
    for (const { mistake, apply } of inputHypotheses(this.#legacy)) {
      const { output } = await reference.backend.infer(apply(image.pixels, image.picture));
      outputs.set(mistake, copyOf(output));
    }
    for (const { name, head } of unexplained) {
      const evidence = [seen.get(name)!];
      seen.set(name, this.#diagnosers.get(name)!.lookAtInputs(evidence, kept, head.output, outputs)[0]!);
    }
    return seen;
  }

  /** @param decodedClaimed whether the backend says that its boxes are decoded. */
  take(name: string, decodedClaimed: boolean, evidence: ImageEvidence): void {
    this.#diagnoserOf(name, decodedClaimed).take(evidence);
  }

  /** Null for a backend that was never looked at. */
  record(name: string): DecodeState | null {
    const diagnoser = this.#diagnosers.get(name);
    if (!diagnoser?.begun) return null;
    const { state, healthy, images, residual, findings } = diagnoser.diagnosis();
    return {
      state,
      healthy,
      images,
      residual,
      findings: findings.map((finding) => ({ ...finding, evidence: { ...finding.evidence } })),
    };
  }

  #diagnoserOf(name: string, decodedClaimed: boolean): OutputDiagnoser {
    const known = this.#diagnosers.get(name);
    if (known) return known;
    const made = new OutputDiagnoser({ inputSize: this.#size, decodedClaimed });
    this.#diagnosers.set(name, made);
    return made;
  }
}

function copyOf(output: Tensor): Tensor {
  return float32Tensor(output.data.slice(), output.shape, output.layout);
}
