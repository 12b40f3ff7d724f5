import type { OfflineModel, TwinsFile, TwinsTensor } from '../offline/index.ts';
import { finding, type LintFinding } from './lint-finding.ts';

const MOST_CORES = 16;

/** What a twins file says of itself: one core number throughout, NHWC, one batch size. */
export function lintTwins(twins: TwinsFile, wanted: { readonly cores?: number } = {}): LintFinding[] {
  const findings: LintFinding[] = [];
  for (const { inputs, outputs, kernels } of twins.functions) {
    for (const { name, modelParallelism, coreLimit } of kernels) {
      const values = `Model Parallelism of kernel ${name} is ${modelParallelism}`;
      if (modelParallelism !== coreLimit) {
        findings.push(
          finding(
            'core-number-differs',
            name,
            `${values}, and its Core limit ${coreLimit}: they are one number`,
          ),
        );
      }
      if (modelParallelism < 1 || modelParallelism > MOST_CORES) {
        findings.push(
          finding('core-number-impossible', name, `${values}, and a card has 1 to ${MOST_CORES} cores`),
        );
      } else if (wanted.cores !== undefined && modelParallelism !== wanted.cores) {
        findings.push(finding('core-number-differs', name, `${values}, and ${wanted.cores} was asked for`));
      }
    }
    const tensors = [...named('input', inputs), ...named('output', outputs)];
    for (const [name, { dimOrder }] of tensors) {
      if (dimOrder !== 'NHWC')
        findings.push(finding('dim-order', name, `the dim order of ${name} is ${dimOrder}, not NHWC`));
    }
    const [first] = tensors;
    const other = tensors.find(([, { shape }]) => shape[0] !== first?.[1].shape[0]);
    if (first && other) {
      const message = `the batch of ${first[0]} is ${first[1].shape[0]}, that of ${other[0]} ${other[1].shape[0]}`;
      findings.push(finding('batch-differs', other[0], message));
    }
  }
  return findings;
}

/** `input 0`, `output 1`, … */
export function named<T>(kind: 'input' | 'output', tensors: readonly T[]): [string, T][] {
  return tensors.map((tensor, index) => [`${kind} ${index}`, tensor]);
}

/** Fields that a twins file and the binary beside it state alike. */
const COMMON = ['mask', 'shape', 'id', 'dataType', 'dimOrder'] as const;

/** Where a twins file and its model describe inputs and outputs differently. */
export function lintTwinsAgainstModel(twins: TwinsFile, { tensors }: OfflineModel): LintFinding[] {
  if (!tensors) {
    return [
      finding('descriptors-unknown', '', 'no descriptors of inputs and outputs were found in the model'),
    ];
  }
  const [described] = twins.functions;
  if (!described) return [finding('twins-differ', '', 'the twins describe no function')];
  return (['input', 'output'] as const).flatMap((kind) => {
    const said = described[`${kind}s`];
    const held = tensors[`${kind}s`];
    if (said.length !== held.length) {
      const message = `the twins have ${said.length} ${kind}s, the model ${held.length}`;
      return [finding('twins-differ', '', message)];
    }
    return named(kind, said).flatMap(([name, tensor], index) =>
      COMMON.filter((field) => text(tensor, field) !== text(held[index], field)).map((field) =>
        finding(
          'twins-differ',
          name,
          `${field} of ${name} is ${text(tensor, field)} in the twins and ${text(held[index], field)} in the model`,
        ),
      ),
    );
  });
}

function text(tensor: TwinsTensor, field: (typeof COMMON)[number]): string {
  const value = tensor[field];
  return typeof value === 'object' ? value.join(' ') : String(value);
}
