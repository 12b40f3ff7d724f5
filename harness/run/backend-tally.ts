import { CompactResults } from '../../reference/evaluate/index.ts';
import type { BackendDescription } from '../backends/backend.ts';
import type { LayerSaturation } from '../engines/index.ts';
import { DetectionComparison } from './detection-comparison.ts';
import { OutputComparison } from './output-comparison.ts';

/** What one backend has done so far in the accuracy pass. */
export class BackendTally {
  readonly description: BackendDescription;
  readonly isReference: boolean;
  /** Of its detections, relative to the run folder; null for a backend that only serves the noise floor. */
  readonly detectionsFile: string | null;
  readonly results = new CompactResults();
  readonly imageIds: number[] = [];
  readonly outputs = new OutputComparison();
  readonly demoDetections = new DetectionComparison();
  readonly saturation: SaturationSums;
  /** The sentence that says why it stopped; null while it runs. */
  failure: string | null = null;

  /** @param layers its quantised convolutions. */
  constructor(
    description: BackendDescription,
    isReference: boolean,
    detectionsFile: string | null,
    layers: readonly string[] = [],
  ) {
    this.description = description;
    this.isReference = isReference;
    this.detectionsFile = detectionsFile;
    this.saturation = new SaturationSums(layers);
  }
}

/** Clamped inputs of one image, by the place of the layer. */
export interface ImageSaturation {
  readonly saturated: readonly number[];
  readonly total: readonly number[];
}

/** Clamped inputs of each quantised convolution over the images that were scored. */
export class SaturationSums {
  readonly #layers: LayerSaturation[];

  constructor(layers: readonly string[]) {
    this.#layers = layers.map((layer) => ({ layer, saturated: 0, total: 0 }));
  }

  add({ saturated, total }: ImageSaturation): void {
    this.#layers.forEach((sums, index) => {
      this.#layers[index] = {
        layer: sums.layer,
        saturated: sums.saturated + (saturated[index] ?? 0),
        total: sums.total + (total[index] ?? 0),
      };
    });
  }

  counts(): LayerSaturation[] {
    return [...this.#layers];
  }
}
