import {
  diagnoseOutput,
  type InputMistake,
  type OutputDiagnosis,
  type OutputFindingCode,
} from '../../../reference/diagnose/index.ts';
import { float32Tensor, type Tensor } from '../../../reference/tensor.ts';
import type { Fault } from './inject-faults.ts';
import { type InputName, NANO_SIZE } from './nano-outputs.ts';

export type NanoOutputs = ReadonlyMap<InputName, readonly Tensor[]>;

export interface FaultCount {
  readonly images: number;
  /** Named exactly: the mistakes made, and no other. */
  readonly named: number;
  /** What was said of the others, `image index: codes`. */
  readonly wrong: readonly string[];
}

/**
 * Makes one mistake on the outputs of a backend, on each image alone, and counts where the diagnosis names it.
 * @param base outputs of the backend in question.
 * @param reference outputs of the float network on the right input and, to explain with, on others.
 * @param given what the backend was given in place of the right input.
 */
export function countNamed(
  fault: Fault,
  base: readonly Tensor[],
  reference: NanoOutputs,
  given: readonly OutputFindingCode[] = [],
): FaultCount {
  const expected = codesOf([...fault.expected, ...given]);
  const wrong: string[] = [];
  for (const [index, output] of base.entries()) {
    const said = codesOf(diagnoseFault(fault, output, reference, index).findings.map(({ code }) => code));
    if (said !== expected) wrong.push(`${index}: ${said || 'nothing'}`);
  }
  return { images: base.length, named: base.length - wrong.length, wrong };
}

export function diagnoseFault(
  fault: Fault,
  output: Tensor,
  reference: NanoOutputs,
  index: number,
): OutputDiagnosis {
  const data = fault.inject({ data: output.data, channels: output.shape[2]!, ...NANO_SIZE });
  const hypotheses = new Map<InputMistake, Tensor>();
  for (const [name, outputs] of reference) if (name !== 'right') hypotheses.set(name, outputs[index]!);
  return diagnoseOutput({
    reference: { output: reference.get('right')![index]!, decoded: false },
    actual: { output: float32Tensor(data, output.shape, 'NAC'), decodedClaimed: fault.decodedClaimed },
    inputSize: NANO_SIZE,
    hypotheses,
  });
}

const codesOf = (codes: readonly string[]): string => [...codes].sort().join(' + ');
