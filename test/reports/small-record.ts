import { beforeAll } from 'vitest';
import type { BackendRecord, RunRecord } from '../../reports/index.ts';
import { makeCocoFolder } from '../support/make-coco-folder.ts';
import { runConfig } from '../support/run-config.ts';
import { suiteFolder } from '../support/suite-folder.ts';

export interface SmallRecord {
  readonly record: RunRecord;
  readonly float: BackendRecord;
  readonly int8: BackendRecord;
}

/**
 * The record of a small real run with every part but a noise floor, of which each test changes what it is about: float and int8, two
 * images of noise, random weights.
 */
export function smallRecord(): () => SmallRecord {
  const dir = suiteFolder();
  let made: SmallRecord;
  beforeAll(async () => {
    await makeCocoFolder(`${dir}/coco`, 2);
    const { record } = await runConfig({
      weights: 'random:yolox-nano?seed=1',
      dataset: `${dir}/coco`,
      calibration: `${dir}/coco`,
      backends: ['cpu-float', 'int8'],
      size: 64,
      conf: 0,
      demoConf: 0,
      cores: [1],
      latencySamples: 6,
      latencySeconds: 1,
      noiseFloorImages: 0,
      out: `${dir}/run`,
    });
    const [float, int8] = record.backends as [BackendRecord, BackendRecord];
    made = { record, float, int8 };
  });
  return () => made;
}
