export { CARDS, type Card, type CardName, cardNamedIn } from './cards.ts';
export { belowFloor, computeFloorMs, type FloorOptions } from './compute-floor.ts';
export { type LayerWork, layerWork, type WorkOptions } from './layer-work.ts';
export { type ModelledLatency, type ModelOptions, modelLatency } from './model-latency.ts';
export {
  ASSUMED_SYNCHRONISATION,
  fitSynchronisation,
  type MeasuredOnCores,
  type Synchronisation,
  synchronisationMs,
} from './synchronisation.ts';
