export {
  type ChangePointOptions,
  type ChangePoints,
  changePoints,
  LEAST_NIGHTS,
  type Level,
} from './change-points.ts';
export type { ChangePoint } from './describe-change.ts';
export { nightsToTell } from './level-costs.ts';
export type { SeriesNoise } from './series-noise.ts';
