import type { CocoResult } from '../../reference/detections.ts';
import { CompactResults } from '../../reference/evaluate/index.ts';
import type { BackendDescription } from '../backends/backend.ts';
import type { JsonArrayWriter } from '../store/json-array-writer.ts';
import { DetectionComparison } from './detection-comparison.ts';
import { OutputComparison } from './output-comparison.ts';

/** Where the results of a backend go, besides memory. */
export interface DetectionsFile {
  /** Relative to the run folder. */
  readonly file: string;
  readonly writer: JsonArrayWriter<CocoResult>;
}

/** What one backend has done so far in the accuracy pass. */
export class BackendTally {
  readonly description: BackendDescription;
  readonly isReference: boolean;
  /** Null for a backend that only serves the noise floor. */
  readonly detections: DetectionsFile | null;
  readonly results = new CompactResults();
  readonly imageIds: number[] = [];
  readonly outputs = new OutputComparison();
  readonly demoDetections = new DetectionComparison();
  /** The sentence that says why it stopped; null while it runs. */
  failure: string | null = null;

  constructor(description: BackendDescription, isReference: boolean, detections: DetectionsFile | null) {
    this.description = description;
    this.isReference = isReference;
    this.detections = detections;
  }

  async add(imageId: number, results: readonly CocoResult[]): Promise<void> {
    this.imageIds.push(imageId);
    this.results.push(results);
    await this.detections?.writer.push(results);
  }
}
