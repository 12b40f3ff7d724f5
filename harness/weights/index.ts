export type { WeightsFormat } from './detect-format.ts';
export { type LoadedWeights, loadWeights } from './load-weights.ts';
export { writeLegacyCheckpoint } from './write-legacy-checkpoint.ts';
export { writeZipCheckpoint } from './write-zip-checkpoint.ts';
