import { groupedBy } from './grouped-by.ts';
import type { BackendRecord, DecodeState, RunRecord } from './record/index.ts';
import { backendsLabel } from './tables/report-table.ts';

/**
 * Backends that ran a checkpoint which was not made of the weights of the run: whatever else is found of them may come of that, and
 * so this is said first.
 */
export function otherWeightsSentences({ backends, weights }: RunRecord): string[] {
  const others = backends.filter(({ quantization }) => quantization?.source.firstOtherWeights !== undefined);
  return groupedBy(others, (backend) => backend.quantization!.source.description).map((group) => {
    const { description, firstOtherWeights } = group[0]!.quantization!.source;
    return `Other weights: ${backendsLabel(group)} ran ${description}, which holds other ones than ${weights.file} (first at ${firstOtherWeights}), and what follows compares two networks; give the checkpoint that was quantised from ${weights.file}.`;
  });
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
