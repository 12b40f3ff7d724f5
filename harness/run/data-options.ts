import type { RunConfig } from '../config/run-config.ts';
import { UsageError } from '../errors.ts';
import { definedOnly } from './defined-only.ts';

/** Where ground truth and pictures are, and which of them are meant. */
export interface DataOptions {
  readonly data: {
    readonly dataset?: string;
    readonly split?: string;
    readonly annotations?: string;
    readonly imageDir?: string;
  };
  readonly selection: {
    readonly images?: number;
    readonly seed: number;
    readonly imageIds?: readonly number[];
    readonly imageList?: string;
  };
}

/** @throws UsageError naming the option and what to give instead, for a combination that has no meaning. */
export function resolveDataOptions(config: RunConfig): DataOptions {
  if (config.dataset !== undefined && config.annotations !== undefined) {
    throw new UsageError('--dataset and --annotations both name the ground truth: give one of them');
  }
  if (config.annotations !== undefined && config.imageDir === undefined) {
    throw new UsageError(`--annotations ${config.annotations} needs --image-dir, the folder of its images`);
  }
  if (config.imageDir !== undefined && config.annotations === undefined) {
    throw new UsageError(`--image-dir ${config.imageDir} needs --annotations, the COCO file of its images`);
  }
  const chosen = [config.images, config.imageIds, config.imageList].filter((choice) => choice !== undefined);
  if (chosen.length > 1) {
    throw new UsageError('--images, --image-ids and --image-list each choose the images: give one of them');
  }
  return {
    data: definedOnly({
      dataset: config.dataset,
      split: config.split,
      annotations: config.annotations,
      imageDir: config.imageDir,
    }),
    selection: {
      ...definedOnly({ images: config.images, imageIds: config.imageIds, imageList: config.imageList }),
      seed: config.seed ?? 0,
    },
  };
}

/**
 * What was typed of the data beside an option that keeps it from having an effect.
 * @param seedServes whether the command draws something else with the seed.
 */
export function refuseIdleData(config: RunConfig, typed: RunConfig, seedServes = false): void {
  if (typed.split !== undefined && config.annotations !== undefined) {
    throw new UsageError(
      `--split ${typed.split} has no effect with --annotations, which name one file: leave it out, or give --dataset`,
    );
  }
  if (typed.seed !== undefined && config.images === undefined && !seedServes) {
    throw new UsageError(
      `--seed ${typed.seed} has no effect without --images, whose subset it chooses: add it, or leave the seed out`,
    );
  }
}
