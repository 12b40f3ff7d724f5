import { AGREEMENT_RULE, outputsAgree } from '../../reference/compare/index.ts';
import type { Tensor } from '../../reference/tensor.ts';
import type { OutputAgreement } from '../../reports/record/index.ts';
import { BackendError } from '../errors.ts';

/** Holds what a timed inference returned against the outputs that are scored, image by image, off the clock. */
export class TimedOutputCheck {
  readonly #expected: readonly Tensor[];
  #compared = 0;
  #bitEqual = 0;
  #mismatched = 0;
  #maxAbs = 0;

  /** @param expected NAC `[1, anchors, 5 + classes]` of each image in turn; a batch that is longer starts again. */
  constructor(expected: readonly Tensor[]) {
    this.#expected = expected;
  }

  /** @throws BackendError for an output that is not of `batch` images. */
  add({ data, shape }: Tensor, batch: number): void {
    const length = this.#expected[0]!.data.length;
    if (data.length !== batch * length) {
      throw new BackendError(
        `it returned an output [${shape.join(', ')}] for ${batch} images, where one alone gives ${length} numbers`,
      );
    }
    for (let image = 0; image < batch; image++) {
      const expected = this.#expected[image % this.#expected.length]!;
      this.#compare({ ...expected, data: data.subarray(image * length, (image + 1) * length) }, expected);
    }
  }

  agreement(): OutputAgreement {
    return {
      compared: this.#compared,
      bitEqual: this.#bitEqual,
      mismatched: this.#mismatched,
      // NaN or infinity on one side has no difference that JSON could hold.
      maxAbs: Number.isFinite(this.#maxAbs) ? this.#maxAbs : null,
    };
  }

  #compare(actual: Tensor, expected: Tensor): void {
    this.#compared++;
    if (bytesOf(actual).equals(bytesOf(expected))) {
      this.#bitEqual++;
      return;
    }
    const { agree, maxAbs } = outputsAgree(expected, actual);
    if (!agree) this.#mismatched++;
    this.#maxAbs = Math.max(this.#maxAbs, maxAbs ?? Infinity);
  }
}

function bytesOf({ data: { buffer, byteOffset, byteLength } }: Tensor): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** What a reader has to know of outputs that do not agree; null where all do. */
export function mismatchSentence({ compared, mismatched, maxAbs }: OutputAgreement): string | null {
  if (mismatched === 0) return null;
  const far = maxAbs === null ? 'by NaN or infinity' : `by up to ${maxAbs.toPrecision(3)}`;
  return (
    `${mismatched} of ${compared} timed outputs differ from the scored ones ${far} (${AGREEMENT_RULE}): ` +
    'what was timed is not what was scored'
  );
}
