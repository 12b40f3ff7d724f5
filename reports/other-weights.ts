import type { BackendRecord, DecodeState, RunRecord } from './record/index.ts';
import { backendLabel } from './tables/report-table.ts';

/**
 * Backends that ran a checkpoint which was not made of the weights of the run: whatever else is found of them may come of that, and
 * so this is said first.
 */
export function otherWeightsSentences({ backends, weights }: RunRecord): string[] {
  const checkpoints = new Map<string, { readonly first: string; readonly labels: string[] }>();
  for (const backend of backends) {
    const { description, firstOtherWeights: first } = backend.quantization?.source ?? {};
    if (first === undefined) continue;
    const known = checkpoints.get(description!);
    if (known) known.labels.push(backendLabel(backend));
    else checkpoints.set(description!, { first, labels: [backendLabel(backend)] });
  }
  return [...checkpoints].map(
    ([checkpoint, { first, labels }]) =>
      `Other weights: ${labels.join(' · ')} ran ${checkpoint}, which holds other ones than ${weights.file} (first at ${first}), and what follows compares two networks; give the checkpoint that was quantised from ${weights.file}.`,
  );
}

/** A mistake of a port and the line to look at; of another network its numbers may show one that is none. */
export function mistakeSentence(
  { quantization }: BackendRecord,
  { sentence, portLine }: DecodeState['findings'][number],
): string {
  return quantization?.source.firstOtherWeights === undefined
    ? `${sentence} Look at ${portLine}.`
    : `${sentence} That may come of the other weights alone; if it stays with the right ones, look at ${portLine}.`;
}
