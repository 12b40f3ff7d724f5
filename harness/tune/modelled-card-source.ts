import { ASSUMED_SYNCHRONISATION, CARDS, layerWork, modelLatency } from '../../reference/device/index.ts';
import type { Graph } from '../../reference/network/index.ts';
import type { PixelSize } from '../../reference/preprocess/index.ts';
import type { CardChoice } from '../latency/card-choice.ts';
import { modelledSource } from './modelled-source.ts';
import { type TuneSource, tunePoints } from './tune-source.ts';

export interface ModelledCardOptions {
  readonly name: 'mlu-online' | 'mlu-offline';
  readonly card: CardChoice;
  readonly batches: readonly number[];
  readonly bits: 8 | 16;
  readonly activationBytes: 2 | 4;
}

/**
 * A card that is not there: every core number and batch, with one context and with as many as fit, by the model of
 * `reference/device`. Contexts have cores of their own and share the memory.
 * @param graph as the official source has it, nothing folded.
 */
export function modelledCardSource(graph: Graph, size: PixelSize, options: ModelledCardOptions): TuneSource {
  const { name, card, batches, bits, activationBytes } = options;
  const fused = name === 'mlu-offline';
  const facts = CARDS[card.name];
  const work = layerWork(graph, { size: [size.height, size.width], fused });
  const synchronisation = ASSUMED_SYNCHRONISATION[fused ? 'offline' : 'online'];
  return modelledSource({
    points: tunePoints(card.cores, batches, (coreNumber) => contextsOf(facts.cores, coreNumber)),
    millisecondsOf: ({ coreNumber, batch, contexts }) =>
      modelLatency(work, facts, {
        ...{ cores: coreNumber, batch, contexts, bits, activationBytes, synchronisation },
      }).milliseconds,
    description: {
      backend: name,
      precision: `int${bits} with ${activationBytes === 2 ? 'float16' : 'float32'} activations`,
      engine: fused ? 'model of one fused launch' : 'model of a launch for each operator',
      device: facts.name,
      cores: facts.cores,
      outputProvenance: 'modelled',
    },
  });
}

function contextsOf(cores: number, coreNumber: number): number[] {
  return [...new Set([1, Math.floor(cores / coreNumber)])];
}
