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

/** How far a backend's output of one image is from the reference's: all that is kept of the two tensors. */
export interface OutputDifference extends ImageDifference {
  readonly decoded: GroupFigures;
  /** Null where one of the two was decoded by the backend. */
  readonly raw: GroupFigures | null;
}

export interface GroupFigures {
  /** `all`, `obj`, `obj/16`. */
  readonly groups: readonly string[];
  /** `[groups, TENSOR_METRICS]`; NaN where a group has no such figure. */
  readonly values: Float64Array;
}

/** @throws RangeError when shapes differ, or a number that is compared is NaN or infinite on one side. */
export function outputDifference(
  reference: HeadOutput,
  actual: HeadOutput,
  size: PixelSize,
): OutputDifference {
  const diffs = decodedGroupDiffs(reference, actual, size);
  const decoded = figuresOf(diffs);
  const anyDecoded = reference.decoded || actual.decoded;
  const whole = requireCompared(diffs[0]!);
  return {
    ...{ sqnr: finiteOrNull(whole.sqnr), maxAbs: whole.maxAbs, decoded },
    raw: anyDecoded ? null : figuresOf(rawGroupDiffs(reference, actual, size)),
  };
}

function figuresOf(diffs: readonly GroupDiff[]): GroupFigures {
  const values = diffs.flatMap((entry) => {
    const diff = requireCompared(entry);
    return TENSOR_METRICS.map(({ key }) => diff[key] ?? Number.NaN);
  });
  return { groups: diffs.map(groupName), values: Float64Array.from(values) };
}

/** Gathers, image by image, how far a backend's outputs are from the reference's. */
export class OutputComparison {
  readonly #decoded = new GroupValues();
  readonly #raw = new GroupValues();
  readonly #images: (ImageDifference & { imageId: number; fileName: string })[] = [];
  #everyRaw = true;

  add({ id, fileName }: DatasetSample, { decoded, raw, sqnr, maxAbs }: OutputDifference): void {
    this.#decoded.add(decoded);
    if (raw === null) this.#everyRaw = false;
    else this.#raw.add(raw);
    this.#images.push({ imageId: id, fileName, sqnr, maxAbs });
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

  add({ groups, values }: GroupFigures): void {
    groups.forEach((name, index) => {
      const group = this.#values.get(name) ?? new Map(TENSOR_METRICS.map(({ key }) => [key, []]));
      this.#values.set(name, group);
      TENSOR_METRICS.forEach(({ key }, metric) => {
        const value = values[index * TENSOR_METRICS.length + metric]!;
        if (!Number.isNaN(value)) group.get(key)!.push(value);
      });
    });
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
