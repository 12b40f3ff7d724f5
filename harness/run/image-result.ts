import type { CocoResult, Detections } from '../../reference/detections.ts';
import type { ImageEvidence } from '../../reference/diagnose/index.ts';
import type { ImageSaturation } from './backend-tally.ts';
import type { OutputDifference } from './output-comparison.ts';

/**
 * What one backend made of one image: plain, and all that the record needs of it, so that a run that goes on and one that is
 * joined from shards add up the same figures in the same order as one that was never interrupted.
 */
export interface BackendImage {
  /** For the evaluation. */
  readonly results: readonly CocoResult[];
  /** At the thresholds of the demo. */
  readonly demo: Detections<'image'>;
  /** Null for the reference. */
  readonly difference: OutputDifference | null;
  readonly saturation: ImageSaturation;
  /** Null for the reference and the noise floor, and where a backend was looked at often enough. */
  readonly evidence: ImageEvidence | null;
}

/** The image a backend was left out at, with the sentence that says why. */
export interface FailedImage {
  readonly failure: string;
}

export interface ImageResult {
  /** Of the image in the list of all selected ones, from 0. */
  readonly place: number;
  readonly imageId: number;
  /** By name, the reference first. */
  readonly backends: Readonly<Record<string, BackendImage | FailedImage>>;
}
