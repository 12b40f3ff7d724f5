import type { InputSize } from '../../reference/decode/index.ts';
import { diagnoseOutput, type OutputFinding } from '../../reference/diagnose/index.ts';
import type { Tensor } from '../../reference/tensor.ts';

export interface NamedFinding {
  readonly of: 'a' | 'b';
  readonly finding: OutputFinding;
}

/** Of the error of a mistake what may be left once it is undone: a diagnosis of tensors that nobody vouches for must be plain. */
const LEFT_MOST = 0.1;

/**
 * Mistakes of a port that b shows, taken for a raw output of the head as a is; where it shows none, whether it is a that is decoded.
 * @param a,b `[batch, anchors, 5 + classes]`
 * @throws RangeError when shapes do not belong together
 */
export function tensorFindings(a: Tensor, b: Tensor, inputSize: InputSize): NamedFinding[] {
  const ofB = plainFindings(a, b, inputSize).map((finding): NamedFinding => ({ of: 'b', finding }));
  if (ofB.length > 0) return ofB;
  return plainFindings(b, a, inputSize)
    .filter(({ code }) => code === 'already-decoded')
    .map((finding) => ({ of: 'a', finding }));
}

function plainFindings(reference: Tensor, output: Tensor, inputSize: InputSize): OutputFinding[] {
  if (!reference.data.every(Number.isFinite)) return [];
  const { findings } = diagnoseOutput({
    ...{ reference: { output: reference, decoded: false }, inputSize },
    actual: { output, decodedClaimed: false },
  });
  return findings.filter(
    ({ evidence: { errorBefore, errorAfter } }) =>
      errorAfter === null || errorAfter <= LEFT_MOST * errorBefore,
  );
}
