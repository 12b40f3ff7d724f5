import type { InputSize } from '../decode/index.ts';
import type { Tensor } from '../tensor.ts';
import type { OutputDiagnosis } from './diagnosis.ts';
import type { InputMistake } from './input-hypotheses.ts';
import type { ReferenceOutput } from './look-at-images.ts';
import { OutputDiagnoser } from './output-diagnoser.ts';

export interface DiagnosisRequest {
  readonly reference: ReferenceOutput;
  readonly actual: { readonly output: Tensor; readonly decodedClaimed: boolean | null };
  readonly inputSize: InputSize;
  /** Outputs of the reference's network on the inputs of `inputHypotheses`, where they are at hand. */
  readonly hypotheses?: ReadonlyMap<InputMistake, Tensor>;
}

/**
 * What was done to one output, or to those of one batch. For several outputs of a backend keep an `OutputDiagnoser`.
 * @throws RangeError as {@link OutputDiagnoser} does.
 */
export function diagnoseOutput(request: DiagnosisRequest): OutputDiagnosis {
  const { reference, actual, inputSize, hypotheses } = request;
  const diagnoser = new OutputDiagnoser({
    inputSize,
    decodedClaimed: actual.decodedClaimed,
    imageLimit: Math.max(1, reference.output.shape[0] ?? 1),
  });
  const seen = diagnoser.look(reference, actual.output);
  const evidence = hypotheses ? diagnoser.lookAtInputs(seen, reference, actual.output, hypotheses) : seen;
  for (const image of evidence) diagnoser.take(image);
  return diagnoser.diagnosis();
}
