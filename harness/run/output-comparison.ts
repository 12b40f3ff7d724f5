import type { DatasetSample } from '../../datasets/index.ts';
import {
  type ComparedDiff,
  decodedGroupDiffs,
  type GroupDiff,
  type HeadOutput,
  rawGroupDiffs,
  TENSOR_METRICS,
  type TensorMetricKey,
} from '../../reference/compare/index.ts';
import type { PixelSize } from '../../reference/preprocess/index.ts';
import type { TensorDifference } from '../../reports/record/index.ts';
import { distributionOf } from './distribution.ts';

const WORST_IMAGES = 5;

/** Figures of one image that go into the list of images. */
export interface ImageDifference {
  /** Of the decoded output; null where the outputs are equal. */
  readonly sqnr: number | null;
  readonly maxAbs: number;
}

/** Gathers, image by image, how far a backend's outputs are from the reference's. */
export class OutputComparison {
  readonly #decoded = new GroupValues();
  readonly #raw = new GroupValues();
  readonly #images: (ImageDifference & { imageId: number; fileName: string })[] = [];
  #everyRaw = true;

  /** @throws RangeError when shapes differ, or a number that is compared is NaN or infinite on one side. */
  add(sample: DatasetSample, reference: HeadOutput, actual: HeadOutput, size: PixelSize): ImageDifference {
    const diffs = decodedGroupDiffs(reference, actual, size);
    this.#decoded.add(diffs);
    if (reference.decoded || actual.decoded) this.#everyRaw = false;
    else this.#raw.add(rawGroupDiffs(reference, actual, size));
    const whole = requireCompared(diffs[0]!);
    const difference = { sqnr: finiteOrNull(whole.sqnr), maxAbs: whole.maxAbs };
    this.#images.push({ imageId: sample.id, fileName: sample.fileName, ...difference });
    return difference;
  }

  /** Null where nothing was compared. */
  record(): TensorDifference | null {
    if (this.#images.length === 0) return null;
    const differing = this.#images.filter(({ sqnr }) => sqnr !== null);
    return {
      images: this.#images.length,
      identicalImages: this.#images.length - differing.length,
      decoded: this.#decoded.record(),
      raw: this.#everyRaw ? this.#raw.record() : null,
      worstImages: differing.sort((a, b) => a.sqnr! - b.sqnr!).slice(0, WORST_IMAGES),
    };
  }
}

/** Values of every figure of every group, one an image. */
class GroupValues {
  readonly #values = new Map<string, Map<TensorMetricKey, number[]>>();

  add(diffs: readonly GroupDiff[]): void {
    for (const entry of diffs) {
      const diff = requireCompared(entry);
      const name = groupName(entry);
      const group = this.#values.get(name) ?? new Map(TENSOR_METRICS.map(({ key }) => [key, []]));
      this.#values.set(name, group);
      for (const { key } of TENSOR_METRICS) {
        const value = diff[key];
        if (value !== null) group.get(key)!.push(value);
      }
    }
  }

  record(): TensorDifference['decoded'] {
    return [...this.#values].map(([group, figures]) => ({
      group,
      metrics: Object.fromEntries([...figures].map(([key, values]) => [key, distributionOf(values)])),
    }));
  }
}

/** `all`, `obj`, `obj/16`. */
function groupName({ group, stride }: GroupDiff): string {
  return stride === 'all' ? group : `${group}/${stride}`;
}

function requireCompared(entry: GroupDiff): ComparedDiff {
  if (entry.diff.state === 'compared') return entry.diff;
  const { mismatches, firstAt } = entry.diff;
  throw new RangeError(
    `${mismatches} numbers of ${groupName(entry)} are NaN or infinite on one side only, the first at flat index ${firstAt}`,
  );
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
