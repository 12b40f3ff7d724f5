import type { DatasetSample } from '../../datasets/index.ts';
import { type DetectionDiff, detectionDiff } from '../../reference/compare/index.ts';
import type { Detections } from '../../reference/detections.ts';
import type { PixelSize } from '../../reference/preprocess/index.ts';
import type { BackendTally } from './backend-tally.ts';
import { DecodeStateCheck } from './decode-state.ts';
import { changesOf, countsOf } from './detection-comparison.ts';
import { Gallery } from './gallery.ts';
import type { BackendImage, FailedImage, ImageResult } from './image-result.ts';

/** An image with what is still to be counted of it, and compared. */
export interface AdmittedImage {
  readonly sample: DatasetSample;
  readonly image: ImageResult;
  /** Of the reference's detections, by backend. */
  readonly diffs: ReadonlyMap<string, DetectionDiff>;
  /** What stands of it in images.json. */
  readonly entry: Record<string, unknown>;
}

/** Adds up images, in their order, whether they are scored now, were scored before a kill, or in a shard. */
export class RunFigures {
  /** By name, the reference first and the noise floor last. */
  readonly tallies = new Map<string, BackendTally>();
  readonly gallery = new Gallery();
  readonly decodeState: DecodeStateCheck;

  constructor(size: PixelSize, legacy: boolean) {
    this.decodeState = new DecodeStateCheck(size, legacy);
  }

  begin(tally: BackendTally): void {
    this.tallies.set(tally.description.name, tally);
  }

  get reference(): BackendTally | undefined {
    return [...this.tallies.values()].find(({ isReference }) => isReference);
  }

  /** Leaves out what has failed on an earlier image, and compares the rest; nothing is counted yet. */
  admit(sample: DatasetSample, { place, imageId, backends }: ImageResult): AdmittedImage {
    const taking = Object.entries(backends).filter(([name]) => this.tallies.get(name)?.failure === null);
    const entry: Record<string, unknown> = { imageId, fileName: sample.fileName };
    const diffs = new Map<string, DetectionDiff>();
    const reference = taking.map(([, one]) => one).find(isScored);
    for (const [name, one] of taking) {
      if (!isScored(one) || one.difference === null) continue;
      const { sqnr, maxAbs } = one.difference;
      const diff = detectionDiff(reference!.demo, one.demo);
      diffs.set(name, diff);
      entry[name] = { sqnr, maxAbs, ...countsOf(diff) };
    }
    return { sample, image: { place, imageId, backends: Object.fromEntries(taking) }, diffs, entry };
  }

  take({ sample, image: { backends }, diffs }: AdmittedImage): void {
    const shown = new Map<string, Detections<'image'>>();
    let changes = 0;
    for (const [name, one] of Object.entries(backends)) {
      const tally = this.tallies.get(name)!;
      if (!isScored(one)) {
        tally.failure = one.failure;
        continue;
      }
      tally.imageIds.push(sample.id);
      tally.results.push(one.results);
      tally.saturation.add(one.saturation);
      const diff = diffs.get(name);
      if (tally.detectionsFile !== null) {
        shown.set(name, one.demo);
        if (diff) changes += changesOf(countsOf(diff));
      }
      if (one.difference !== null) tally.outputs.add(sample, one.difference);
      if (diff) tally.demoDetections.add(sample, diff);
      if (one.evidence !== null) this.decodeState.take(name, tally.description.decoded, one.evidence);
    }
    this.gallery.consider(sample, changes, shown);
  }
}

export function isScored(one: BackendImage | FailedImage): one is BackendImage {
  return !('failure' in one);
}
