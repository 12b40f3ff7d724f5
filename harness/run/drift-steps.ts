import type { BackendRecord, DriftStep } from '../../reports/record/index.ts';
import { differenceOfMetrics } from './evaluate-results.ts';

/** The stages of a port behind the reference, in their order, and what each adds to the one before. */
const STAGES: readonly { readonly names: readonly string[]; readonly cause: DriftStep['cause'] }[] = [
  { names: ['int16', 'int8'], cause: 'quantisation' },
  { names: ['mlu-online'], cause: 'the card, online' },
  { names: ['mlu-offline'], cause: 'the offline model' },
];

/**
 * The drift from the reference to the last stage of the port, step by step. The differences add up to the whole.
 * @returns nothing where fewer than two steps can be told apart, or where the way does not begin at `cpu-float`; a stage that
 *   did not finish the same images is left out.
 */
export function driftSteps(backends: readonly BackendRecord[]): DriftStep[] {
  const reference = backends.find(({ isReference }) => isReference);
  if (reference?.name !== 'cpu-float' || !reference.metrics) return [];
  const base = reference.metrics;
  const whole = backends.filter(({ metrics, images }) => metrics !== null && images === reference.images);
  const integers = bitsOf(whole.findLast(({ name }) => name.startsWith('mlu-')));
  const chain = STAGES.flatMap(({ names, cause }) => {
    const candidates = whole.filter(({ name, isReference }) => names.includes(name) && !isReference);
    // Of int16 and int8 the one that the card runs is on the way; the other leads elsewhere.
    const backend =
      integers === undefined ? candidates[0] : candidates.find((one) => bitsOf(one) === integers);
    return backend ? [{ backend, cause }] : [];
  });
  if (chain.length < 2) return [];
  return chain.map(({ backend, cause }, index) => {
    const from = index === 0 ? reference : chain[index - 1]!.backend;
    return {
      from: from.name,
      to: backend.name,
      cause,
      metrics: differenceOfMetrics(backend.metrics!, from.metrics!),
      fromReference: differenceOfMetrics(backend.metrics!, base),
      interval: {},
      whole: null,
    };
  });
}

/** `int16` of `int16 exact, float16`; nothing where the precision is not known, as of an offline model that was given. */
const bitsOf = (backend: BackendRecord | undefined): string | undefined =>
  /^int\d+/.exec(backend?.precision ?? '')?.[0];
