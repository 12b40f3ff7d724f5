export type { ChannelOrder } from './channel-order.ts';
export { type BiasMatch, matchBiases } from './match-biases.ts';
export { type LayerMatch, matchWeights, type WeightMatches } from './match-weights.ts';
export { isOfflineModel, type OfflineModel, type OfflineTensor, readOfflineModel } from './offline-model.ts';
export {
  parseTwins,
  TWINS_OPENING,
  type TwinsFile,
  type TwinsFunction,
  type TwinsKernel,
  type TwinsTensor,
} from './twins.ts';
