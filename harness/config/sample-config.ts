import { sampleWeightsPath } from '../../datasets/index.ts';
import type { RunConfig } from './run-config.ts';

const SAMPLE = {
  dataset: 'scenes:64?seed=1',
  calibration: 'scenes:16?seed=3',
  calibrationImages: 16,
  backends: ['cpu-float', 'int16', 'mlu-online', 'mlu-offline'],
  noiseFloorImages: 64,
} as const;

/** Whether neither weights nor images are named, so that the sample stands in for both. */
export function isSample({ weights, dataset, annotations, imageDir }: RunConfig): boolean {
  return [weights, dataset, annotations, imageDir].every((value) => value === undefined);
}

/** All four backends on the detector that comes with the package and scenes drawn here, with what is given on top. */
export function sampleConfig(given: RunConfig): RunConfig {
  return { ...SAMPLE, backends: [...SAMPLE.backends], weights: sampleWeightsPath(), ...given };
}

/** What stands in, for who expected something else. */
export const SAMPLE_NOTE =
  `no --weights and no --dataset: running the sample detector on ${SAMPLE.dataset}, scenes drawn here; ` +
  'give both to run your own';
