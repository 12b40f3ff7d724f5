import type { TuneResult } from '../../reports/record/index.ts';
import { modelledCard } from '../latency/modelled-card.ts';
import { silentProgress } from '../terminal/progress.ts';
import { modelledCardSource } from '../tune/modelled-card-source.ts';
import { tune } from '../tune/tune.ts';
import { isMluSpec } from './backend-spec.ts';
import type { RunInputs } from './open-inputs.ts';
import type { RunOptions } from './run-options.ts';

/** Batch sizes beside those asked for, so that there is a throughput to weigh against latency. */
const BATCHES = [1, 4, 16];
/** Points that differ by less are equal in practice. */
const MARGIN = 0.01;

/**
 * What the model of the card says of `set_core_number` for the last emulated card in the run; null for a run without any. It asks
 * for the lowest latency; the front beside it holds what other aims would choose.
 */
export async function tuneCard(
  { model, size }: RunInputs,
  options: RunOptions,
  signal: AbortSignal,
): Promise<TuneResult | null> {
  const { card, devices, latency } = options;
  const spec = options.backends.filter(isMluSpec).findLast(({ name }) => devices[name].kind === 'emulated');
  if (!spec || card === null || latency === null) return null;
  const { batches } = latency;
  const { activations } = options.numerics;
  const source = modelledCardSource(
    modelledCard(model.graph, size, { ...spec, card: card.name, activations }),
    card.cores,
    [...new Set([...batches, ...BATCHES])].sort((a, b) => a - b),
  );
  return tune(source, {
    ...{ objective: 'p50', p99LimitMs: null, margin: MARGIN, seed: options.selection.seed },
    // A model is asked once and at once.
    ...{ maxSeconds: 1, clock: { now: () => 0 }, signal, progress: silentProgress, warnings: [] },
    network: { file: model.file, sha256: model.sha256, ...size },
  });
}
